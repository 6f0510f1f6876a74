/** `pintail demo`: the whole way once, from OTLP to findings, on free ports and a temporary database. */
import { readFindings, startDemonstration } from '../service/demonstrate.ts';
import type { RegisterCommand } from './command.ts';
import { writeResult } from './format/index.ts';

export const registerDemo: RegisterCommand = (program, terminal, report) => {
  program
    .command('demo')
    .description('start a service, feed it bundled audit events over OTLP, print what the detections find')
    .option('--keep', 'stay up until interrupted')
    .action(async (options: { keep?: boolean }) => {
      const say = (line: string) => terminal.stdout.write(`${line}\n`);
      const demonstration = await startDemonstration(terminal.environment, say, () => {
        terminal.stderr.write('pintail: a query did not stop when it was interrupted; the demonstration ends.\n');
        terminal.killSelf();
      });
      try {
        say('');
        await readFindings(demonstration.service, async (stream) => {
          await writeResult('table', terminal.stdout, stream.columns, stream.chunks());
        });
        const { api, otlpGrpc, otlpHttp } = demonstration.service.addresses;
        say(`\nHTTP API  http://${api}    OTLP  grpc ${otlpGrpc}, http ${otlpHttp}`);
        if (options.keep === true) {
          const sql = 'select * from finding';
          say(`Hunt:     npm run -s pintail -- sql '${sql}' --server http://${api}`);
          say('Press Ctrl-C to stop.');
          await terminal.stopRequested();
        } else {
          say('Stopped again. With `npm run demo -- --keep` it stays up.');
        }
      } finally {
        await demonstration.close();
      }
      report(0);
    });
};
