/** What a benchmark says of the machine that it ran on. */
import { availableParallelism, cpus } from 'node:os';

export interface Machine {
  readonly processors: number;
  readonly model: string;
  readonly node: string;
}

export function describeMachine(): Machine {
  return { processors: availableParallelism(), model: cpus()[0]?.model ?? 'unknown', node: process.version };
}

/** Processor seconds that the machine has worked, for whomever. */
export function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000;
}
