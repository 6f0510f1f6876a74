/** Telemetry for one-off commands: they report on the terminal, and nobody scrapes them. */
import type { Logger, Metrics } from '../component.ts';

const nothing = (): void => undefined;

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const silentMetrics: Metrics = { add: nothing, observe: nothing, gauge: nothing };
