/** `pintail serve`: the service, until it is asked to stop. */
import { loadConfig } from '../config/index.ts';
import { createService } from '../service/service.ts';
import type { RegisterCommand } from './command.ts';

/** What the process gets to end by itself once the service has failed. */
const graceMs = 5000;

export const registerServe: RegisterCommand = (program, terminal, report) => {
  program
    .command('serve')
    .description('run the service: receive, store, detect, export')
    .option('--config <file>', 'configuration (default: built-in defaults)')
    .action(async (options: { config?: string }) => {
      const config = await loadConfig(options.config, terminal.environment);
      const service = await createService(config, { onStuckQuery: terminal.killSelf });
      const stop = terminal.stopRequested();
      try {
        await service.start();
        await stop;
        await service.shutdown();
      } catch (error: unknown) {
        // Unreferenced: it only ends a process that a part which could not be stopped holds open.
        setTimeout(() => terminal.exit(1), graceMs).unref();
        throw error;
      }
      report(0);
    });
};
