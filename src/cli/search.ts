/** `pintail search`: one SPL search over files, or on a running service. */
import { searchFiles } from '../service/query-files.ts';
import type { RegisterCommand } from './command.ts';
import {
  addContentOptions,
  addInputOptions,
  addTokenOption,
  type ContentOptions,
  type InputOptions,
  type TokenOptions,
} from './input-options.ts';
import { addQueryOptions, type QueryOptions, runQuery } from './query.ts';

export const registerSearch: RegisterCommand = (program, terminal, report) => {
  const command = program
    .command('search')
    .description('run one SPL search over files, a database, or a running service')
    .argument('<spl>', 'the search');
  addInputOptions(addContentOptions(addTokenOption(addQueryOptions(command)))).action(
    async (spl: string, options: InputOptions & QueryOptions & ContentOptions & TokenOptions) => {
      report(await runQuery({ language: 'spl', query: spl, local: searchFiles }, options, terminal));
    },
  );
};
