import { defineConfig } from 'vitest/config';
import { otherDuckdb } from './test/bucket/tools.ts';

/** How long a condition may take to come true: on a busy machine more than vitest's one second. */
const expectPatiently = { poll: { timeout: 20_000 } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/bucket/**'],
          // By default one processor is left idle: of two a half.
          maxWorkers: '100%',
          // In a process of its own each file would load DuckDB and half of src once more, a tenth of all the work.
          isolate: false,
          // For tests of what a request takes of the memory.
          execArgv: ['--expose-gc'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: expectPatiently,
          env: { UV_THREADPOOL_SIZE: '12' },
        },
      },
      {
        resolve: { alias: otherDuckdb },
        test: {
          name: 'bucket',
          include: ['test/bucket/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: expectPatiently,
          fileParallelism: false,
          env: { UV_THREADPOOL_SIZE: '12' },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          expect: expectPatiently,
          fileParallelism: false,
        },
      },
    ],
  },
});
