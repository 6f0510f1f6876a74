/** What is in the events at hand, asked in SPL so that a field means here what it means in a detection. */
import type { SqlRow } from '../../component.ts';
import { compile } from '../../spl/index.ts';

/** The events at hand: a database, or a service. */
export interface EventQuery {
  /** Rows of an SPL search without macros, over all time. */
  search(spl: string): Promise<readonly SqlRow[]>;
  /** Rows of one SELECT; rejects with the database's message. */
  sql(sql: string): Promise<readonly SqlRow[]>;
}

/** Events of one cluster within a scope; the name is '' where they name none. */
export interface ClusterEvents {
  readonly cluster: string;
  readonly events: number;
  /** Of the fields asked about, those that some event has. */
  readonly present: ReadonlySet<string>;
}

/** Fields asked about in one query. */
const fieldsPerQuery = 200;

export class EventFacts {
  readonly #query: EventQuery;
  readonly #answers = new Map<string, Promise<readonly SqlRow[]>>();

  constructor(query: EventQuery) {
    this.#query = query;
  }

  /** `scope`: terms of a search that say which rows are meant, e.g. `dataset=logs sourcetype="x"`; '' is every event. */
  async clusters(scope: string, fields: readonly string[]): Promise<readonly ClusterEvents[]> {
    const found = new Map<string, { events: number; present: Set<string> }>();
    for (let start = 0; start === 0 || start < fields.length; start += fieldsPerQuery) {
      const chunk = fields.slice(start, start + fieldsPerQuery);
      const counts = chunk.map((name, index) => ` count(${quote(name)}) AS field_${index}`).join('');
      for (const row of await this.#rows(
        `${scope || '*'} | fillnull value="" cluster | stats count${counts} BY cluster`,
      )) {
        const cluster = String(row.cluster ?? '');
        const entry = found.get(cluster) ?? { events: Number(row.count), present: new Set<string>() };
        for (const [index, name] of chunk.entries()) if (Number(row[`field_${index}`]) > 0) entry.present.add(name);
        found.set(cluster, entry);
      }
    }
    return [...found].map(([cluster, entry]) => ({ cluster, ...entry }));
  }

  /** Number of events that a search expression finds. */
  async count(expression: string): Promise<number> {
    const [row] = await this.#rows(`${expression} | stats count`);
    return Number(row?.count ?? 0);
  }

  /** Of each cluster, the values of a field and how many events have each; '' counts those without the field. */
  async valuesByCluster(scope: string, field: string): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
    const rows = await this.#rows(
      `${scope || '*'} | fillnull value="" cluster ${quote(field)} | stats count BY cluster ${quote(field)}`,
    );
    const found = new Map<string, Map<string, number>>();
    for (const row of rows) {
      const cluster = String(row.cluster ?? '');
      const values = found.get(cluster) ?? new Map<string, number>();
      values.set(String(row[field] ?? ''), Number(row.count));
      found.set(cluster, values);
    }
    return found;
  }

  /** Null where addresses can be located; else the reason why not. */
  async whyNoLocation(): Promise<string | null> {
    try {
      await this.#query.sql("select spl_iplocation('192.0.2.1') as location");
      return null;
    } catch (error: unknown) {
      if (!(error instanceof Error)) throw error;
      return error.message;
    }
  }

  async sql(sql: string): Promise<readonly SqlRow[]> {
    return this.#query.sql(sql);
  }

  #rows(spl: string): Promise<readonly SqlRow[]> {
    const known = this.#answers.get(spl);
    if (known !== undefined) return known;
    const answer = this.#query.search(spl);
    this.#answers.set(spl, answer);
    return answer;
  }
}

/** Whether a field can be asked about by name: one whose name the compiler cannot take is left out, and never claimed. */
export function canAskAbout(scope: string, field: string): boolean {
  const text = `${scope || '*'} | stats count(${quote(field)}) AS n`;
  return compile({ name: 'check', text }, { macros: new Map(), strict: false, window: { kind: 'session' } }).ok;
}

function quote(field: string): string {
  return `"${field.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
