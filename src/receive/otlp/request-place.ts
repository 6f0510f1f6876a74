/** Where in an ExportLogsServiceRequest its decoder is, for what it finds wrong there. */
export class RequestPlace {
  resourceIndex = -1;
  scopeIndex = -1;
  recordIndex = -1;
  /** Of the log record or the resource. */
  field = '';

  get message(): string {
    let path = 'ExportLogsServiceRequest';
    if (this.resourceIndex >= 0) path = `resourceLogs[${this.resourceIndex}]`;
    if (this.scopeIndex >= 0) path += `.scopeLogs[${this.scopeIndex}]`;
    if (this.recordIndex >= 0) path += `.logRecords[${this.recordIndex}]`;
    return path;
  }

  get path(): string {
    return `${this.message}.${this.field}`;
  }
}
