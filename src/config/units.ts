/** Sizes, durations and endpoints as people write them in a configuration. */

const sizeFactors: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const durationFactors: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** What a parse found, or what it expected instead: `{ expected: 'a size such as 64MiB' }`. */
export type Parsed<T> = { readonly value: T } | { readonly expected: string };

/** Where a listener listens: the host without brackets, and port 0 for any free one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `64MiB`, `2GiB`, `1.5GB` to whole bytes. A number without a unit is refused: its unit would be a guess. */
export function parseSize(text: string): Parsed<number> {
  const expected = 'a size with its unit, such as 64MiB or 2GiB';
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const factor = Object.entries(sizeFactors).find(([unit]) => unit.toLowerCase() === match?.[2]?.toLowerCase())?.[1];
  if (match === null || factor === undefined) return { expected };
  const bytes = Math.floor(Number(match[1]) * factor);
  return Number.isSafeInteger(bytes) ? { value: bytes } : { expected: 'a size below 8 PiB' };
}

/** `30s`, `1h30m`, `7d`, `250ms` to milliseconds. A number without a unit is refused, except 0. */
export function parseDuration(text: string): Parsed<number> {
  const expected = 'a duration with its unit, such as 30s, 1h30m or 7d';
  const trimmed = text.trim();
  if (trimmed === '0') return { value: 0 };
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/.test(trimmed)) return { expected };
  let milliseconds = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    milliseconds += Number(count) * (durationFactors[unit ?? ''] ?? Number.NaN);
  }
  const whole = Math.round(milliseconds);
  return whole <= 36_500 * 86_400_000 ? { value: whole } : { expected: 'a duration of at most 100 years' };
}

/** Milliseconds in the largest unit that leaves a whole number: `24d`, `90m`, `1500ms`. */
export function printDuration(milliseconds: number): string {
  const fitting = Object.entries(durationFactors).filter(
    ([unit, factor]) => unit !== 'w' && milliseconds >= factor && milliseconds % factor === 0,
  );
  const [unit, factor] = fitting.at(-1) ?? ['ms', 1];
  return `${milliseconds / factor}${unit}`;
}

/** `10%`, `0.5%` to a part of one, between 0 and 1. */
export function parsePercentage(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  const part = match === null ? Number.NaN : Number(match[1]) / 100;
  return part > 0 && part < 1 ? { value: part } : { expected: 'a percentage above 0% and below 100%, such as 10%' };
}

/** `127.0.0.1:4317`, `[::1]:4317`, `localhost:0`; `:4317` means every IPv4 address (`[::]:4317` every address). */
export function parseEndpoint(text: string): Parsed<Endpoint> {
  const expected = 'host:port, such as 127.0.0.1:4317, :4317 or [::1]:4317';
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.]+)?)\]|([A-Za-z0-9_.-]*)):(\d{1,5})$/.exec(text.trim());
  if (match === null) return { expected };
  const port = Number(match[3]);
  if (port > 65_535) return { expected: 'a port from 0 to 65535' };
  const host = match[1] ?? match[2] ?? '';
  return { value: { host: host === '' ? '0.0.0.0' : host, port } };
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name);
}

/** Whether the address stands for every address of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host);
}
