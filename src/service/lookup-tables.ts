/** The lookups of the content as tables, made anew at every start: before anything searches. */
import type { Component, Database } from '../component.ts';
import { dropOtherLookups, installLookups, type Lookup } from '../detect/index.ts';

export class LookupTables implements Component {
  readonly name = 'lookups';
  readonly #database: Database;
  readonly #lookups: ReadonlyMap<string, Lookup>;

  constructor(database: Database, lookups: ReadonlyMap<string, Lookup>) {
    this.#database = database;
    this.#lookups = lookups;
  }

  async start(): Promise<void> {
    await installLookups(this.#database, this.#lookups.values());
    await dropOtherLookups(this.#database, this.#lookups.values());
  }

  async shutdown(): Promise<void> {}
}
