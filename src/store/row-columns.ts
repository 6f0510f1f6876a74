/**
 * Rows to columns, as the spool keeps them. This runs for every row on the thread that answers senders: values go
 * straight from the row to the bytes of their column.
 */
import type { AuditRow, AuditUser, LogRow, NormalizedBatch, ObjectReference, ResponseStatus } from '../component.ts';
import { ArrivalOrder } from './arrival-order.ts';
import { type ChunkSizes, Column } from './parquet/column.ts';
import { GrowingBuffer } from './parquet/growing-buffer.ts';
import { columnsOf } from './parquet/schema.ts';
import { PlacedColumns } from './placed-columns.ts';
import { RawColumns } from './raw-columns.ts';
import { rowFields } from './row-fields.ts';
import { type OrderColumns, orderRows } from './row-order.ts';

export interface RowsToEncode {
  readonly batch: NormalizedBatch;
  readonly arrivalMicros: number;
}

/** The columns of some rows, one after the other as a Parquet row group. */
export interface EncodedRows {
  readonly bytes: Buffer;
  readonly auditRows: number;
  readonly logRows: number;
  readonly chunks: readonly ChunkSizes[];
}

const shapes = columnsOf(rowFields);

/** Encodes rows, for one batch of the spool at a time; keeps its memory between them. */
export class RowColumns {
  #auditRows = 0;
  #logRows = 0;
  readonly #columns = shapes.map((shape) => new Column(shape));
  readonly #of = new Map(this.#columns.map((column) => [column.shape.path.join('.'), column]));

  readonly #table = this.#column('table');
  readonly #at = this.#column('at');
  readonly #own = this.#column('own');
  readonly #time = this.#column('time');
  readonly #identity = this.#column('identity');
  readonly #cluster = this.#column('cluster');
  readonly #auditID = this.#column('auditID');
  readonly #stage = this.#column('stage');
  readonly #level = this.#column('level');
  readonly #verb = this.#column('verb');
  readonly #requestURI = this.#column('requestURI');
  readonly #userAgent = this.#column('userAgent');
  readonly #user = this.#userColumns('user');
  readonly #impersonatedUser = this.#userColumns('impersonatedUser');
  readonly #sourceIPs = this.#column('sourceIPs.list.element');
  readonly #objectRef = (
    ['resource', 'namespace', 'name', 'uid', 'apiGroup', 'apiVersion', 'resourceVersion', 'subresource'] as const
  ).map((part) => ({ part, column: this.#column(`objectRef.${part}`) }));
  readonly #status = (['status', 'message', 'reason'] as const).map((part) => ({
    part,
    column: this.#column(`responseStatus.${part}`),
  }));
  readonly #code = this.#column('responseStatus.code');
  readonly #received = this.#column('received');
  readonly #staged = this.#column('staged');
  readonly #annotationKeys = this.#column('annotations.key_value.key');
  readonly #annotationValues = this.#column('annotations.key_value.value');
  readonly #hasObjects = this.#column('hasObjects');
  readonly #objectKeys = this.#column('objectKeys');
  readonly #index = this.#column('index');
  readonly #source = this.#column('source');
  readonly #sourcetype = this.#column('sourcetype');
  readonly #host = this.#column('host');
  readonly #cloud = this.#column('cloud');
  readonly #severityNumber = this.#column('severityNumber');
  readonly #severityText = this.#column('severityText');
  readonly #eventName = this.#column('eventName');
  readonly #unreadable = this.#column('unreadable');
  readonly #resource = this.#column('resource');
  readonly #attributes = this.#column('attributes');
  readonly #raw = new RawColumns((path) => this.#column(path));
  readonly #event = this.#column('event');
  readonly #placed = new PlacedColumns((path) => this.#column(path), this.#raw);
  readonly #arrivals = new ArrivalOrder();
  readonly #orderColumns: OrderColumns = {
    table: this.#table,
    hasObjects: this.#hasObjects,
    kind: [this.#verb, this.#column('objectRef.resource'), this.#userAgent],
    object: [this.#column('objectRef.namespace'), this.#column('objectRef.name')],
    place: this.#requestURI,
  };

  /** All at once. `expectedBytes` spares growing where it is not far off. */
  encode(batches: Iterable<RowsToEncode>, expectedBytes: number): EncodedRows {
    this.begin();
    for (const rows of batches) this.add(rows);
    return this.finish(new GrowingBuffer(expectedBytes));
  }

  /** Forgets what was added before. */
  begin(): void {
    for (const column of this.#columns) column.clear();
    this.#arrivals.clear();
    this.#auditRows = 0;
    this.#logRows = 0;
  }

  add({ batch, arrivalMicros }: RowsToEncode): void {
    for (const row of batch.audit) this.#addAudit(row, arrivalMicros);
    for (const row of batch.logs) this.#addLog(row, arrivalMicros);
    this.#auditRows += batch.audit.length;
    this.#logRows += batch.logs.length;
  }

  /** Everything that was added since `begin`, in the order of row-order.ts, written to `out`, in whose memory it stays. */
  finish(out: GrowingBuffer): EncodedRows {
    const order = orderRows(this.#orderColumns, this.#auditRows + this.#logRows);
    const chunks = this.#columns.map((column) => column.write(out, order));
    return { bytes: out.bytes, auditRows: this.#auditRows, logRows: this.#logRows, chunks };
  }

  #addShared(table: 'audit' | 'log', row: AuditRow | LogRow, arrivalMicros: number): void {
    this.#table.text(table);
    this.#at.number(this.#arrivals.next(row.timeMicros, arrivalMicros));
    this.#own.flag(row.hasOwnTime);
    this.#time.number(row.timeMicros);
    this.#identity.text(row.identity);
    addText(this.#cluster, row.cluster);
    addText(this.#index, row.index);
    addText(this.#source, row.source);
    addText(this.#sourcetype, row.sourcetype);
    addText(this.#host, row.host);
    addText(this.#resource, row.resource);
    addText(this.#attributes, row.attributes);
  }

  #addAudit(row: AuditRow, arrivalMicros: number): void {
    this.#addShared('audit', row, arrivalMicros);
    this.#hasObjects.flag(row.hasObjects);
    addText(this.#objectKeys, row.objectKeys);
    addNumber(this.#received, row.requestReceivedMicros);
    addNumber(this.#staged, row.stageMicros);
    addText(this.#cloud, row.cloud);
    addText(this.#event, row.event);
    this.#severityNumber.absent(0);
    this.#severityText.absent(0);
    this.#eventName.absent(0);
    this.#unreadable.absent(0);
    if (row.placed === undefined) this.#addTexts(row);
    else this.#placed.add(row.placed);
  }

  #addTexts(row: AuditRow): void {
    // With the event of an envelope its text stays whole: the load joins the two.
    if (row.event === null) this.#raw.add(row._raw, row.auditID);
    else this.#raw.whole(row._raw);
    addText(this.#auditID, row.auditID);
    addText(this.#stage, row.stage);
    addText(this.#level, row.level);
    addText(this.#verb, row.verb);
    addText(this.#requestURI, row.requestURI);
    addText(this.#userAgent, row.userAgent);
    addUser(this.#user, row.user);
    addUser(this.#impersonatedUser, row.impersonatedUser);
    if (row.sourceIPs === null) this.#sourceIPs.absent(0);
    else addElements(this.#sourceIPs, row.sourceIPs);
    this.#addObject(row.objectRef);
    this.#addResponse(row.responseStatus);
    this.#addAnnotations(row.annotations);
  }

  #addLog(row: LogRow, arrivalMicros: number): void {
    this.#addShared('log', row, arrivalMicros);
    this.#raw.whole(row._raw);
    addNumber(this.#severityNumber, row.severityNumber);
    addText(this.#severityText, row.severityText);
    addText(this.#eventName, row.eventName);
    addText(this.#unreadable, row.unreadable);
    this.#hasObjects.flag(false);
    for (const column of this.#auditOnly) column.absent(0);
  }

  readonly #auditOnly: readonly Column[] = [
    this.#auditID,
    this.#stage,
    this.#level,
    this.#verb,
    this.#requestURI,
    this.#userAgent,
    ...Object.values(this.#user),
    ...Object.values(this.#impersonatedUser),
    this.#sourceIPs,
    ...this.#objectRef.map(({ column }) => column),
    ...this.#status.map(({ column }) => column),
    this.#code,
    this.#objectKeys,
    this.#received,
    this.#staged,
    this.#annotationKeys,
    this.#annotationValues,
    this.#cloud,
    this.#event,
  ];

  /** An object of which every part is absent is absent itself. */
  #addObject(reference: ObjectReference | null): void {
    const isThere = reference !== null && this.#objectRef.some(({ part }) => reference[part] !== null);
    for (const { part, column } of this.#objectRef) {
      const value = reference?.[part] ?? null;
      if (value === null) column.absent(isThere ? 1 : 0);
      else column.text(value);
    }
  }

  #addResponse(status: ResponseStatus | null): void {
    const code = status?.code ?? null;
    const isThere = status !== null && (code !== null || this.#status.some(({ part }) => status[part] !== null));
    for (const { part, column } of this.#status) {
      const value = status?.[part] ?? null;
      if (value === null) column.absent(isThere ? 1 : 0);
      else column.text(value);
    }
    if (code === null) this.#code.absent(isThere ? 1 : 0);
    else this.#code.number(code);
  }

  #addAnnotations(annotations: AuditRow['annotations']): void {
    let repetition = 0;
    for (const name in annotations) {
      this.#annotationKeys.text(name, repetition);
      this.#annotationValues.text(annotations[name] ?? '', repetition);
      repetition = 1;
    }
    if (repetition === 0) {
      this.#annotationKeys.absent(0);
      this.#annotationValues.absent(0);
    }
  }

  #userColumns(name: string): UserColumns {
    return {
      username: this.#column(`${name}.username`),
      uid: this.#column(`${name}.uid`),
      groups: this.#column(`${name}.groups.list.element`),
    };
  }

  #column(path: string): Column {
    const column = this.#of.get(path);
    if (column === undefined) throw new Error(`row columns: expected a column ${path}, found none.`);
    return column;
  }
}

interface UserColumns {
  readonly username: Column;
  readonly uid: Column;
  readonly groups: Column;
}

function addUser({ username, uid, groups }: UserColumns, user: AuditUser | null): void {
  if (user === null || (user.username === null && user.uid === null && user.groups === null)) {
    username.absent(0);
    uid.absent(0);
    groups.absent(0);
    return;
  }
  if (user.username === null) username.absent(1);
  else username.text(user.username);
  if (user.uid === null) uid.absent(1);
  else uid.text(user.uid);
  if (user.groups === null) groups.absent(1);
  else addElements(groups, user.groups);
}

function addElements(column: Column, elements: readonly string[]): void {
  if (elements.length === 0) column.absent(column.shape.maxDefinition - 1);
  for (let at = 0; at < elements.length; at++) column.text(elements[at] ?? '', at === 0 ? 0 : 1);
}

function addText(column: Column, value: string | null): void {
  if (value === null) column.absent(0);
  else column.text(value);
}

function addNumber(column: Column, value: number | null): void {
  if (value === null) column.absent(0);
  else column.number(value);
}
