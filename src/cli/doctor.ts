/** `pintail doctor`: what is wrong with a service or a store, worst first, and what to do. */
import { askDoctorOfDatabase, askDoctorOfServer } from '../service/doctor/ask-doctor.ts';
import { type ExitStatus, type RegisterCommand, type Terminal, toStderr, UsageError } from './command.ts';
import { collect, serverUrl } from './input-options.ts';
import { printDoctor } from './print-doctor.ts';

interface DoctorCommandOptions {
  readonly server?: string;
  readonly db?: string;
  readonly detections?: readonly string[];
  readonly format: string;
}

export const registerDoctor: RegisterCommand = (program, terminal, report) => {
  program
    .command('doctor')
    .description('say what is wrong with a running service or a store, worst first, and what to do')
    .option('--server <url>', 'a running service, e.g. http://127.0.0.1:8080 (token: PINTAIL_TOKEN)', serverUrl)
    .option('--db <path>', 'a storage directory that no service has open')
    .option('--detections <path>', 'with --db: detections (repeatable; default: those that ship)', collect)
    .option('--format <format>', 'table or json', 'table')
    .action(async (options: DoctorCommandOptions) => {
      report(await doctor(options, terminal));
    });
};

async function doctor(options: DoctorCommandOptions, terminal: Terminal): Promise<ExitStatus> {
  const { server, db, detections, format } = options;
  if (format !== 'table' && format !== 'json') {
    throw new UsageError(`--format: expected table or json, found "${format}".`);
  }
  if ((server === undefined) === (db === undefined)) throw new UsageError('expected --server or else --db.');
  if (server !== undefined && detections !== undefined) {
    throw new UsageError('--detections: expected --db; a service has the detections of its configuration.');
  }
  const result =
    server !== undefined
      ? await askDoctorOfServer(server, terminal.environment.PINTAIL_TOKEN)
      : await askDoctorOfDatabase(db ?? '', detections, toStderr(terminal));
  terminal.stdout.write(format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : printDoctor(result));
  return result.healthy ? 0 : 1;
}
