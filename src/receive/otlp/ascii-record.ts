/** A log record whose text body stays bytes until somebody asks for it. */
import type { AttributeMap, LogRecord } from '../../component.ts';

export class AsciiRecord implements LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly attributes: AttributeMap;
  readonly eventName: string;
  readonly asciiBody: Buffer;

  /** `asciiBody`: the body's bytes, all ASCII. */
  constructor(record: Omit<LogRecord, 'body' | 'asciiBody'>, asciiBody: Buffer) {
    this.timeUnixNano = record.timeUnixNano;
    this.observedTimeUnixNano = record.observedTimeUnixNano;
    this.severityNumber = record.severityNumber;
    this.severityText = record.severityText;
    this.attributes = record.attributes;
    this.eventName = record.eventName;
    this.asciiBody = asciiBody;
  }

  get body(): string {
    return this.asciiBody.toString('latin1');
  }
}
