import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

/** The table of docs/architecture.md: what each room may import besides itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  component: [],
  receive: ['component'],
  normalize: ['component'],
  store: ['component'],
  spl: [],
  risk: ['component'],
  detect: ['component', 'spl', 'risk'],
  export: ['component'],
  format: ['component'],
  hunt: ['component', 'format'],
  config: [],
  telemetry: ['component'],
  service: [
    'component',
    'receive',
    'normalize',
    'store',
    'spl',
    'risk',
    'detect',
    'export',
    'hunt',
    'format',
    'config',
    'telemetry',
  ],
  cli: ['service', 'config', 'component', 'format'],
  main: ['cli'],
};

/** Packages that only one room may import, and node modules that pure rooms may. */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  '@duckdb/node-api': ['store'],
  '@duckdb/node-bindings': ['store'],
  express: ['hunt', 'receive'],
  '@grpc/grpc-js': ['receive', 'export'],
  croner: ['detect'],
};
const pureRooms = ['spl', 'normalize', 'risk'];
const pureNodeModules = ['node:crypto', 'node:buffer', 'node:util', 'node:assert', 'node:zlib'];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
}

function roomOf(path: string): string {
  const first = relative(root, path).split('/')[0] ?? '';
  return first.replace(/\.ts$/, '');
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
  ];
  return found.map((match) => ({ file, room: roomOf(file), specifier: match[1] ?? '' }));
}

const files = globSync('**/*.ts', { cwd: root }).map((name) => join(root, name));
const imports = files.flatMap(importsOf);
const local = imports
  .filter((entry) => entry.specifier.startsWith('.'))
  .map((entry) => ({ ...entry, target: resolve(dirname(entry.file), entry.specifier) }));

function describeImport(entry: Import): string {
  return `${relative(root, entry.file)} imports ${entry.specifier}`;
}

/** The files of one import cycle, or undefined where there is none. */
function findCycle(): string[] | undefined {
  const edges = Map.groupBy(local, (entry) => entry.file);
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (state.get(file) === 'done') return undefined;
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file];
    state.set(file, 'open');
    path.push(file);
    for (const edge of edges.get(file) ?? []) {
      const cycle = visit(edge.target);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    state.set(file, 'done');
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle.map((name) => relative(root, name));
  }
  return undefined;
}

describe('the house', () => {
  test('has only the rooms of the plan', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in mayImport))).toEqual([]);
  });

  test('has imports to look at', () => {
    expect(local.length).toBeGreaterThan(10);
  });

  test('imports only in the directions of the plan', () => {
    const violations = local.filter((entry) => {
      const target = roomOf(entry.target);
      return target !== entry.room && !(mayImport[entry.room] ?? []).includes(target);
    });
    expect(violations.map(describeImport)).toEqual([]);
  });

  test('has no import cycle between files', () => {
    expect(findCycle()).toBeUndefined();
  });

  test('imports every local file by its real name', () => {
    const missing = local.filter((entry) => !files.includes(entry.target) && !entry.target.endsWith('.json'));
    expect(missing.map(describeImport)).toEqual([]);
  });

  test('keeps each engine and protocol library in its own room', () => {
    const violations = imports.filter((entry) => {
      const owners = packageOwners[entry.specifier];
      return owners !== undefined && !owners.includes(entry.room);
    });
    expect(violations.map(describeImport)).toEqual([]);
  });

  test('keeps the pure rooms free of input, output and clocks', () => {
    const violations = imports.filter(
      (entry) =>
        pureRooms.includes(entry.room) &&
        !entry.specifier.startsWith('.') &&
        !pureNodeModules.includes(entry.specifier),
    );
    expect(violations.map(describeImport)).toEqual([]);
    const clocks = files.filter(
      (file) =>
        pureRooms.includes(roomOf(file)) &&
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bconsole\./.test(
          readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
        ),
    );
    expect(clocks.map((file) => relative(root, file))).toEqual([]);
  });

  test('ends the process in main only', () => {
    const exits = files.filter(
      (file) =>
        roomOf(file) !== 'main' &&
        /\bprocess\.(exit|abort|exitCode|execve|kill\(process\.pid)\b/.test(readFileSync(file, 'utf8')),
    );
    expect(exits.map((file) => relative(root, file))).toEqual([]);
  });
});
