/**
 * The views `kube_audit` and `logs`, which everybody reads: over their table, and over the files of a cold tier where
 * there is one.
 */
import { type DuckDBConnection, quotedIdentifier } from '@duckdb/node-api';
import type { ColdFile, ColdMove } from './cold-file.ts';
import { type ColdSource, selectColdDays } from './cold-view.ts';
import { hasTable, readColumns, type StoredColumn } from './engine-catalogue.ts';
import { inTransaction } from './engine-transaction.ts';
import { type EventTable, eventTables, hotNames } from './event-table.ts';
import { readTexts, storedOnly } from './event-texts.ts';

/** What a view shows besides its table, and what of the table it leaves out. */
export interface ColdEvents extends ColdSource {
  readonly files: readonly ColdFile[];
  readonly moves: readonly ColdMove[];
}

/**
 * A scan applies filters in the order in which the view reads their columns: these first, which let few rows through at
 * little cost, whatever the order of the conditions in a query.
 */
const filteredFirst: readonly string[] = ['_time', 'has_objects', 'object_keys', 'cloud', 'verb', 'objectRef'];

export class EventViews {
  #columns: ReadonlyMap<EventTable, readonly StoredColumn[]> = new Map();

  /** Of a view, in its order. */
  columnsOf(table: EventTable): readonly StoredColumn[] {
    return this.#columns.get(table) ?? [];
  }

  /** Removes the views, and gives the tables their names, which migrations know. Before `migrate`. */
  async close(engine: DuckDBConnection): Promise<void> {
    for (const table of eventTables) {
      if (!(await hasTable(engine, hotNames[table]))) continue;
      await inTransaction(engine, async () => {
        await engine.run(`drop view if exists main.${table}`);
        await engine.run(`alter table main.${hotNames[table]} rename to ${table}`);
      });
    }
  }

  /** Makes the views over the tables alone. After `migrate`. */
  async open(engine: DuckDBConnection): Promise<void> {
    this.#columns = new Map(
      await Promise.all(
        eventTables.map(async (table) => {
          const stored = await readColumns(engine, table);
          return [table, stored.filter(({ name }) => !storedOnly.has(name))] as const;
        }),
      ),
    );
    await inTransaction(engine, async () => {
      for (const table of eventTables) await engine.run(`alter table main.${table} rename to ${hotNames[table]}`);
      await this.replace(engine, null);
    });
  }

  /** Makes them anew, in the transaction that is open. */
  async replace(engine: DuckDBConnection, cold: ColdEvents | null): Promise<void> {
    for (const table of eventTables) {
      const hidden = cold?.moves.filter((move) => move.table === table).map(isStillThere) ?? [];
      const own = `${this.select(table)}${hidden.length > 0 ? ` where ${hidden.join(' and ')}` : ''}`;
      const files = cold?.files.filter((file) => file.table === table) ?? [];
      const days = cold === null ? [] : selectColdDays(files, this.columnsOf(table), cold);
      await engine.run(`create or replace view main.${table} as ${[own, ...days].join('\nunion all ')}`);
    }
  }

  /** Selects the rows of the table itself, with the columns of its view. */
  select(table: EventTable): string {
    const names = this.columnsOf(table).map(({ name }) => name);
    const first = filteredFirst.filter((name) => names.includes(name));
    const texts = table === 'kube_audit' ? readTexts : {};
    const read = [...new Set([...first, ...names])].map((name) => {
      const quoted = quotedIdentifier(name);
      return texts[name] === undefined ? quoted : `${texts[name]} as ${quoted}`;
    });
    return `select ${names.map(quotedIdentifier).join(', ')} from (select ${read.join(', ')} from main.${hotNames[table]})`;
  }
}

function isStillThere({ arrivedBeforeMicros, commitSeq }: ColdMove): string {
  return `(_indextime >= make_timestamp(${arrivedBeforeMicros}) or commit_seq > ${commitSeq})`;
}
