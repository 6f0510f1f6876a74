/** `pintail test`: the detections' own events, in and out. */
import { loadConfig } from '../config/index.ts';
import { printProblem } from '../service/content.ts';
import { testDetections } from '../service/test-detections.ts';
import { type RegisterCommand, toStderr } from './command.ts';
import { printable } from './format/index.ts';
import { addGeoOption, type GeoOptions } from './input-options.ts';

interface TestOptions extends GeoOptions {
  readonly strictSplunk?: boolean;
  readonly config?: string;
}

export const registerTest: RegisterCommand = (program, terminal, report) => {
  const command = program
    .command('test')
    .description("run the detections' own match and no-match events")
    .argument('<path...>', 'detection files or folders')
    .option('--strict-splunk', 'follow Splunk to the letter where its rules make a search blind')
    .option('--config <file>', 'let the events pass the volume rules of a configuration: what fails then, they blind');
  addGeoOption(command).action(async (paths: string[], options: TestOptions) => {
    const config = options.config === undefined ? undefined : await loadConfig(options.config, terminal.environment);
    const strictSplunk = options.strictSplunk ?? false;
    const { problems, results } = await testDetections({
      paths,
      strictSplunk,
      config,
      geoDatabase: options.geoDatabase,
      onShipped: toStderr(terminal),
    });
    for (const problem of problems) terminal.stderr.write(`${printProblem(problem)}\n`);
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for await (const { detection, test, outcome, message, rows } of results) {
      counts[outcome] += 1;
      const title = [detection, ...(test === null ? [] : [test])].map(printable).join(': ');
      terminal.stdout.write(`${outcome.padEnd(7)}  ${title}${rows === null ? '' : ` (${rows} rows)`}\n`);
      if (message !== '') terminal.stdout.write(`${message.replace(/^/gm, '         ')}\n`);
    }
    terminal.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    if (counts.passed + counts.failed + counts.skipped === 0) {
      terminal.stderr.write(`test: expected detections in ${paths.join(', ')}, found none.\n`);
      report(1);
      return;
    }
    report(counts.failed === 0 && problems.length === 0 ? 0 : 1);
  });
};
