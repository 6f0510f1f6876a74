/** `pintail compile`: the SQL of detections, or of one search. */

import { compileSearch, printSearchDiagnostics } from '../service/compile-search.ts';
import { compileContent, loadDetections, printProblem } from '../service/content.ts';
import type { RegisterCommand, Terminal } from './command.ts';
import { type ExitStatus, toStderr, UsageError } from './command.ts';
import { addContentOptions, addTokenOption, type ContentOptions, type TokenOptions } from './input-options.ts';

interface CompileOptions extends ContentOptions, TokenOptions {
  readonly spl?: string;
  readonly strictSplunk?: boolean;
  readonly format: string;
}

export const registerCompile: RegisterCommand = (program, terminal, report) => {
  const command = program
    .command('compile')
    .description('print the SQL of detections (files, folders) or of one search')
    .argument('[path...]', 'detection files or folders')
    .option('--spl <search>', 'one search instead of files')
    .option('--strict-splunk', 'follow Splunk to the letter where its rules make a search blind')
    .option('--format <format>', 'sql or json', 'sql');
  addContentOptions(addTokenOption(command)).action(async (paths: string[], options: CompileOptions) => {
    if (options.format !== 'sql' && options.format !== 'json') {
      throw new UsageError(`--format: expected sql or json, found "${options.format}".`);
    }
    if ((options.spl === undefined) === (paths.length === 0)) {
      throw new UsageError('compile: expected paths or --spl, one of the two.');
    }
    report(
      options.spl === undefined
        ? await compilePaths(paths, options, terminal)
        : await compileOne(options.spl, options, terminal),
    );
  });
};

async function compilePaths(
  paths: readonly string[],
  options: CompileOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const { macros, lookups, token: tokens } = options;
  const request = {
    paths,
    macros,
    lookups,
    tokens,
    strictSplunk: options.strictSplunk ?? false,
    onShipped: toStderr(terminal),
  };
  const loaded = await compileContent(request, 'detection');
  const { content } = loaded;
  const detections = [...loaded.detections, ...loaded.unscheduled];
  for (const problem of content.problems) terminal.stderr.write(`${printProblem(problem)}\n`);
  const compiled = detections.filter((entry) => entry.ok);
  for (const entry of detections) if (!entry.ok) terminal.stderr.write(`${entry.error}\n`);
  if (options.format === 'json') {
    const rows = compiled.map(({ detection, sql, datasets, keyFields }) => ({
      name: detection.name,
      view: `detection.${detection.slug}`,
      file: detection.file,
      datasets,
      keyFields,
      sql,
    }));
    terminal.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    const texts = compiled.map(
      ({ detection, sql }) => `-- ${detection.name}\ncreate or replace view detection.${detection.slug} as\n${sql};\n`,
    );
    terminal.stdout.write(texts.join('\n'));
  }
  if (detections.length === 0 && content.problems.length === 0) {
    terminal.stderr.write(`compile: expected detections in ${paths.join(', ')}, found none.\n`);
    return 1;
  }
  return compiled.length === detections.length && content.problems.length === 0 ? 0 : 1;
}

async function compileOne(spl: string, options: CompileOptions, terminal: Terminal): Promise<ExitStatus> {
  const { macros, lookups, fieldRules } = await loadDetections({
    macros: options.macros,
    lookups: options.lookups,
    onShipped: toStderr(terminal),
  });
  const strictSplunk = options.strictSplunk ?? false;
  const result = compileSearch(spl, { macros, lookups, fieldRules, strictSplunk, tokens: options.token });
  const diagnostics = printSearchDiagnostics(spl, result);
  if (diagnostics !== '') terminal.stderr.write(`${diagnostics}\n`);
  if (options.format === 'json') {
    terminal.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } else if (result.ok) {
    terminal.stdout.write(`${result.sql};\n`);
  }
  return result.ok ? 0 : 1;
}
