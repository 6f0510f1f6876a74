/** Random request bodies: what a search finds by the list of their keys, and what it finds where that list is not known. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventTables, openEventTables } from '../support/golden-events.ts';
import { chooseSeed } from '../support/seed.ts';
import { compileSearch } from '../support/spl-search.ts';

const seed = chooseSeed(1);
let state = seed;
const random = (bound: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return Math.floor((state / 0x8000_0000) * bound);
};
const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T;

/** Ends that others do not have, so that a list that lacks one tells. */
const KEYS = [
  ...['a', 'b', 'ab', 'x-y', '_z', '0', '', 'a.c', 'a/d', 'a:e', 'a f', 'a ', 'metadata', 'labels', 'app.k8s.io/g', '[0]'],
  ...['"', 'a"h', '":', 'i":', '\\', 'a\\j', '\n', 'a\nk', '\nl', 'a\tm', 'n', '{}', 'o{}', 'a{}.p', '$.q', 'é', 'ér', '🦆s', '\u200bt'],
]; // biome-ignore format: keys
const SCALARS = ['1', '"v"', 'true', 'null', '1e5', '""', '"b\\":"', '"\\"b\\":1"', '{}', '[]'];

/** A key as JSON has it, or as only few write it. */
function keyText(key: string): string {
  const text = JSON.stringify(key);
  if (random(8) === 0) return text.replaceAll('/', '\\/');
  if (random(12) > 0) return text;
  return text.replace(/(?<!\\)[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

/** An object's text; the names of what stands in it go to `names`. */
function objectText(depth: number, name: string, names: Set<string>): string {
  const members = Array.from({ length: 1 + random(4) }, () => {
    const key = pick(KEYS);
    const space = random(12) === 0 ? pick([' ', '\n', '\t ']) : '';
    return `${keyText(key)}${space}:${pick(['', ' '])}${valueText(depth, `${name}.${key}`, names)}`;
  });
  return `{${members.join(pick([',', ' , ', ',\n']))}}`;
}

function valueText(depth: number, name: string, names: Set<string>): string {
  const kind = random(4);
  if (depth > 0 && kind === 0) return objectText(depth - 1, name, names);
  if (depth > 0 && kind === 1) return `[${objectText(depth - 1, `${name}{}`, names)},${pick(SCALARS)}]`;
  names.add(kind === 2 ? `${name}{}` : name);
  return kind === 2 ? `[${pick(SCALARS)},${pick(SCALARS)}]` : pick(SCALARS);
}

/** Some with both objects, one of them twice, or their name as a text before them. */
function eventText(id: number, names: Set<string>): string {
  const objects = Array.from({ length: 1 + random(3) }, () => {
    const key = pick(['requestObject', 'responseObject']);
    return `"${key}":${objectText(3, key, names)}`;
  });
  const before = random(4) === 0 ? '"userAgent":"requestObject",' : '';
  return `{"kind":"Event","auditID":"e${id}",${before}${objects.join()}}`;
}

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
});
afterAll(() => tables.close());

test(`passes over no event that has the field (PINTAIL_SEED=${seed})`, async () => {
  const names = new Set<string>();
  await tables.addAuditEvents(Array.from({ length: 200 }, (_, id) => eventText(id, names)));
  const asked = [...names].flatMap((name) => {
    const quoted = `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    const result = random(16) === 0 ? compileSearch(`dataset=kube_audit ${quoted}=* | table auditID`) : undefined;
    return result?.ok === true && result.sql.includes('spl_may_name(') ? [{ name, sql: result.sql }] : [];
  });
  const byKeys = await foundBy(asked.map(({ sql }) => sql));
  await tables.run('update kube_audit set object_keys = null');
  const byTexts = await foundBy(asked.map(({ sql }) => sql));
  expect(asked.map(({ name }, index) => [name, byKeys[index]])).toEqual(
    asked.map(({ name }, index) => [name, byTexts[index]]),
  );
  expect(byTexts.filter(({ length }) => length > 0).length).toBeGreaterThan(10);
});

async function foundBy(searches: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const found: (readonly unknown[])[] = [];
  for (const sql of searches) found.push((await tables.query(sql)).map(({ auditID }) => auditID));
  return found.map((ids) => ids.toSorted());
}
