/** `pintail sql`: one SQL query over files, a database, or a running service. */
import { queryFiles } from '../service/query-files.ts';
import { type RegisterCommand, UsageError } from './command.ts';
import { addInputOptions, type InputOptions } from './input-options.ts';
import { addQueryOptions, type QueryOptions, runQuery } from './query.ts';

export const registerSql: RegisterCommand = (program, terminal, report) => {
  const command = program
    .command('sql')
    .description('run one SQL query over files, a database, or a running service')
    .argument('<sql>', 'the query');
  addInputOptions(addQueryOptions(command)).action(async (sql: string, options: InputOptions & QueryOptions) => {
    if (sql.trim() === '') throw new UsageError('sql: expected a query, found an empty text.');
    report(await runQuery({ language: 'sql', query: sql, local: queryFiles }, options, terminal));
  });
};
