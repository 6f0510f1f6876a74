/**
 * Measures how long searches take to compile, and prints one JSON object.
 *
 *   PINTAIL_ESCU=… npm run -s bench:compile -- [--runs 50] [--slowest 10]
 *   npm run -s bench:compile -- --hostile [--sizes 10000,60000,240000]
 *
 * With `--hostile` the searches are made up to be slow: processor time in milliseconds for each 10 KB of every sort, at each size,
 * and whether the search compiled or what refused it.
 *
 * The searches are those of `PINTAIL_ESCU` that compile, else the shipped detections. `first` is what the search takes as the first
 * one of a process of its own, after everything is loaded, in processor time so that other programs do not count; `warm` the
 * median once the compiler has seen all of them.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Detection } from '../src/detect/index.ts';
import { type CompileDetectionOptions, compileDetection } from '../src/detect/run/compile-detection.ts';
import { loadDetections } from '../src/service/content.ts';
import { compile } from '../src/spl/index.ts';
import { HOSTILE_SEARCHES } from './hostile-searches.ts';
import { describeMachine } from './machine.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    slowest: { type: 'string', default: '10' },
    /** Prints the time of this search alone; how the benchmark asks itself. */
    one: { type: 'string' },
    hostile: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '10000,60000,240000' },
  },
});
const runs = Number(values.runs);

const folder = process.env.PINTAIL_ESCU;
const content = await loadDetections(folder === undefined ? {} : { paths: [folder] });
const options: CompileDetectionOptions = {
  macros: content.macros,
  lookups: content.lookups,
  fieldRules: content.fieldRules,
  strictSplunk: false,
  window: 'detection',
};

if (values.hostile) measureHostile(values.sizes.split(',').map(Number));
else if (values.one === undefined) measureAll();
else {
  const detection = withTokens(content.detections, content.unscheduled).find(({ slug }) => slug === values.one);
  if (detection === undefined) throw new Error(`compile: expected a search of the content, found "${values.one}".`);
  const before = process.cpuUsage();
  compileDetection(detection, options);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1000));
}

function measureAll(): void {
  const searches = withTokens(content.detections, content.unscheduled).filter(
    (detection) => compileDetection(detection, options).ok,
  );
  const figures = searches.map((detection) => {
    process.stderr.write('.');
    return { name: detection.slug, firstMs: firstOf(detection.slug), warmMs: 0 };
  });
  process.stderr.write('\n');
  for (let round = 0; round < 10; round += 1) for (const detection of searches) timed(detection);
  const all = figures.map((figure, index) => {
    const detection = searches[index];
    const times = Array.from({ length: runs }, () => (detection === undefined ? 0 : timed(detection)));
    return { ...figure, warmMs: median(times) };
  });
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  const report = {
    machine: describeMachine(),
    content: folder === undefined ? 'config/detections' : 'security_content',
    searches: all.length,
    runs,
    warm: {
      medianMs: rounded(median(all.map(({ warmMs }) => warmMs))),
      mostMs: rounded(Math.max(...all.map(({ warmMs }) => warmMs))),
    },
    first: {
      medianMs: rounded(median(all.map(({ firstMs }) => firstMs))),
      mostMs: rounded(Math.max(...all.map(({ firstMs }) => firstMs))),
    },
    slowest: all
      .sort((one, other) => other.warmMs - one.warmMs)
      .slice(0, Number(values.slowest))
      .map(({ name, warmMs, firstMs }) => ({ name, warmMs: rounded(warmMs), firstMs: rounded(firstMs) })),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

function measureHostile(sizes: readonly number[]): void {
  // The first few warm the compiler up.
  for (const search of Object.values(HOSTILE_SEARCHES)) compileHostile(search(2_000));
  const figures = Object.entries(HOSTILE_SEARCHES).map(([name, search]) => {
    process.stderr.write('.');
    return [name, sizes.map((size) => compileHostile(search(size)))] as const;
  });
  process.stderr.write('\n');
  const machine = describeMachine();
  const most = Math.max(...figures.flatMap(([, found]) => found.map(({ msPer10KB }) => msPer10KB)));
  process.stdout.write(
    `${JSON.stringify({ machine, sizes, mostMsPer10KB: most, searches: Object.fromEntries(figures) }, null, 2)}\n`,
  );
}

function compileHostile(text: string): { readonly msPer10KB: number; readonly result: string } {
  const before = process.cpuUsage();
  const result = compile({ name: 'hostile', text }, { macros: new Map(), strict: false, window: { kind: 'session' } });
  const { user, system } = process.cpuUsage(before);
  const msPer10KB = Math.round((user + system) / 1_000 / (text.length / 10_000));
  return { msPer10KB, result: result.ok ? 'compiled' : (result.diagnostics[0]?.code ?? 'refused') };
}

/** Investigations compile with a word in the place of each token. */
function withTokens(...lists: readonly (readonly Detection[])[]): readonly Detection[] {
  return lists.flat().map((detection) => ({ ...detection, search: detection.search.replace(/\$\w+\$/g, 'token') }));
}

function firstOf(slug: string): number {
  const file = fileURLToPath(import.meta.url);
  return Number(execFileSync(process.execPath, [file, '--one', slug], { encoding: 'utf8' }));
}

function timed(detection: Detection): number {
  const start = performance.now();
  compileDetection(detection, options);
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
