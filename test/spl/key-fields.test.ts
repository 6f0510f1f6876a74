import { describe, expect, test } from 'vitest';
import { compile } from '../../src/spl/index.ts';

function keysOf(search: string): readonly string[] | undefined {
  const result = compile(
    { name: 'test', text: `dataset=kube_audit ${search}` },
    { macros: new Map(), strict: false, window: { kind: 'session' } },
  );
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.keyFields;
}

describe('the fields that tell rows apart', () => {
  test.each([
    ['| stats count by user.username verb', ['user.username', 'verb']],
    ['| stats count', []],
    ['| rare limit=5 verb by stage', ['stage', 'verb']],
    ['| dedup auditID | table auditID verb', ['auditID']],
    ['| stats count by sourceIPs{} | where count > 5 | rename sourceIPs{} as src_ip', ['src_ip']],
    ['| stats count by user.username user.uid | rename user.* as u_*', ['u_username', 'u_uid']],
    ['| stats count by verb | eval many=count*2 | sort - count | head 5 | table verb many', ['verb']],
    ['| stats count by verb stage | stats dc(verb) as verbs by stage', ['stage']],
  ])('%s', (search, keys) => {
    expect(keysOf(search)).toEqual(keys);
  });

  test.each([
    ['nothing grouped them', '| table verb user.username'],
    ['one of them was dropped', '| stats count by verb stage | fields - stage'],
    ['one of them was computed anew', '| stats count by verb | eval verb=upper(verb)'],
    ['one of them was written over', '| stats count values(stage) as stage by verb | rename stage as verb'],
    ['one of them was taken from text', '| stats count by verb | rex field=verb "(?<verb>.)"'],
    ['one of them was taken from text by a name in quotes', `| stats count by verb | rex field=verb "(?'verb'.)"`],
    ['one row was made several', '| stats count values(stage) as stage by verb | mvexpand stage'],
  ])('are unknown where %s', (_why, search) => {
    expect(keysOf(search)).toBeUndefined();
  });
});
