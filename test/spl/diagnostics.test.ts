/** Every code, by a search that raises it. «…» marks the span; it is no part of the search. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  compile,
  compileRowSearch,
  type Diagnostic,
  type LookupTables,
  type MacroDefinition,
  renderDiagnostic,
  type SplLimits,
} from '../../src/spl/index.ts';

const MACROS: ReadonlyMap<string, MacroDefinition> = new Map([
  ['kube_audit', { definition: 'dataset=kube_audit', arguments: [] }],
  ['bad', { definition: 'verb=get | frobnicate', arguments: [] }],
  ['ctime(1)', { definition: 'convert ctime($field$)', arguments: ['field'] }],
  ['loop', { definition: 'x `loop`', arguments: [] }],
]);

const LOOKUPS: LookupTables = new Map([
  [
    'owners',
    {
      table: 'lookup_owners',
      columns: ['name', 'team'],
      matchTypes: [],
      caseSensitive: true,
      minMatches: 0,
      maxMatches: 1000,
      defaultMatch: null,
    },
  ],
]);

interface Case {
  readonly code: string;
  readonly marked: string;
  readonly message: string;
  readonly help?: string;
  readonly limits?: Partial<SplLimits>;
  /** The text is a search over single events. */
  readonly ofRows?: true;
}

const ERRORS: readonly Case[] = [
  { code: 'SPL101', marked: '«`kube_audti`» x', message: 'macro "kube_audti": expected the name of a macro, found none of that name.', help: 'Did you mean "kube_audit"?' },
  { code: 'SPL102', marked: 'x | «`ctime(a, b)`»', message: 'macro "ctime": expected 1 argument, found 2.' },
  { code: 'SPL103', marked: '«`loop`»', message: 'macro "loop": expected at most 16 macros within one another, found more.', help: 'Does a macro use itself?' },
  { code: 'SPL104', marked: 'x «`kube»', message: 'macro: expected a closing backtick, found the end of the text.' },
  { code: 'SPL104', marked: 'x «```note»', message: 'comment: expected three closing backticks, found the end of the text.' },
  { code: 'SPL104', marked: 'verb=«"»get', message: 'quote: expected a closing ", found the end of the search.' },
  { code: 'SPL105', marked: 'x | where sourceIPs«{»}="a"', message: 'expression: expected a value or an operator, found "{".', help: "Names with other characters than letters, digits and _ stand in single quotes: 'sourceIPs{}'." },
  { code: 'SPL105', marked: "x | stats count by «'verb'»", message: 'stats: expected a field\'s name, found a single quote.' },
  { code: 'SPL110', marked: '12345«67890»', message: 'search: expected at most 5 characters, found 10.', limits: { maxTextLength: 5 } },
  { code: 'SPL111', marked: '«`kube_audit`»', message: 'search: expected at most 5 characters once macros are expanded, found more.', limits: { maxExpandedLength: 5 } },
  { code: 'SPL112', marked: 'a b «c»', message: 'search: expected at most 2 tokens, found more.', limits: { maxTokens: 2 } },
  { code: 'SPL113', marked: '((«(»x)))', message: 'search: expected at most 2 levels of nesting, found more.', limits: { maxNesting: 2 } },
  { code: 'SPL114', marked: 'x | head «|» head', message: 'search: expected at most 2 commands, found more.', limits: { maxCommands: 2 } },
  { code: 'SPL115', marked: '«a.b.c»=1', message: 'field "a.b.c": expected a name that can be read as keys in at most 3 ways, found 3 dotted parts.', limits: { maxPathReadings: 3 } },
  { code: 'SPL116', marked: '«verb=get»', message: 'search: expected SQL of at most 1000000 parts and 10 characters, found N characters.', limits: { maxSqlLength: 10 } },
  { code: 'SPL117', marked: 'x | «table a b c»', message: 'table: expected at most 2 fields, found 3.', limits: { maxFields: 2 } },
  { code: 'SPL201', marked: 'verb=get «)»', message: 'search: expected a pipe or the end of the command, found ")".' },
  { code: 'SPL201', marked: 'verb=«|» head', message: 'search: expected a value, found "|".' },
  { code: 'SPL201', marked: 'x | eval y=«»', message: 'expression: expected a value, found the end of the search.' },
  { code: 'SPL201', marked: 'x | rename a «b»', message: 'rename: expected AS, found "b".' },
  { code: 'SPL202', marked: 'x | «satts» count', message: 'search: expected a command, found "satts".', help: 'Did you mean "stats"?' },
  { code: 'SPL202', marked: '«`bad`»', message: 'search: expected a command, found "frobnicate".' },
  { code: 'SPL203', marked: 'x | «kmeans» user', message: 'kmeans: this command is not supported.', help: 'docs/spl.md lists what is.' },
  { code: 'SPL204', marked: 'x | dedup verb «keepemty»=t', message: 'dedup: option "keepemty" is not known.', help: 'Did you mean "keepempty"?' },
  { code: 'SPL204', marked: 'x | makemv «setsv»=t verb', message: 'makemv: option "setsv" is not supported.', help: 'Supported: delim, tokenizer, allowempty.' },
  { code: 'SPL205', marked: 'x | dedup «0» user.username', message: 'dedup: count: expected a whole number of at least 1, found "0".' },
  { code: 'SPL206', marked: 'x | «dedup»', message: 'dedup: expected at least one field, found nothing.', help: 'Example: dedup user.username' },
  { code: 'SPL207', marked: 'x=«[»search y | return z]', message: 'search: expected a value, found a subsearch.', help: 'A subsearch stands as a term of its own: [search … | fields user].' },
  { code: 'SPL208', marked: '| «stats count»', message: 'stats: expected a search before this command, found none.', help: 'Begin with the data to read, e.g. dataset=kube_audit.' },
  { code: 'SPL301', marked: 'x | eval y=«lenn»(z)', message: 'expression: expected a function, found "lenn".', help: 'Did you mean "len"?' },
  { code: 'SPL301', marked: 'x | stats «valeus»(z)', message: 'stats: expected a function, found "valeus".', help: 'Did you mean "values"?' },
  { code: 'SPL302', marked: 'x | eval y=«array_to_object»(z, "a", 1)', message: 'array_to_object(): this function is not supported.' },
  { code: 'SPL303', marked: 'x | eval y=«len(a, b)»', message: 'len(): expected 1 argument, found 2.' },
  { code: 'SPL304', marked: 'x | where match(a, «b»)', message: 'match(): expected text in double quotes, found an expression.' },
  { code: 'SPL305', marked: 'x | where «verb»', message: 'expression: expected a condition, found a value.' },
  { code: 'SPL305', marked: 'x | eval y=«a="b"»', message: 'eval: expected a value, found a condition; a field cannot hold true or false.', help: 'Write if(…, "true", "false").' },
  { code: 'SPL306', marked: 'dataset=«kube_audits»', message: 'dataset: expected kube_audit, eks, aks, gke, logs, found "kube_audits".', help: 'Did you mean "kube_audit"?' },
  { code: 'SPL307', marked: 'a OR «dataset=eks»', message: 'dataset: expected at the top of the first search, found elsewhere.' },
  { code: 'SPL307', marked: 'a | search «earliest=-1h»', message: 'earliest: expected at the top of the first search, found elsewhere.' },
  { code: 'SPL308', marked: 'earliest=«-1fortnight»', message: 'time: expected a time modifier, found "-1fortnight".' },
  { code: 'SPL309', marked: 'x | stats count by verb | search «get»', message: 'search: expected a comparison, found the words "get", and there is no _raw here to look for them in.' },
  { code: 'SPL310', marked: 'x | table «user.*»', message: 'table: expected names, found "user.*", which would have to cover every field of every event.' },
  { code: 'SPL311', marked: 'x | rename «a.* as b»', message: 'rename: expected as many * in both names, found 1 in "a.*" and 0 in "b".' },
  { code: 'SPL312', marked: 'x | stats «count(a)» count(a)', message: 'stats: expected one result named "count(a)", found two.', help: 'Name them with AS.' },
  { code: 'SPL313', marked: 'x | rex «"(?<a>b)(?=c)"»', message: 'regular expression: expected what RE2 can match in linear time, found look-around.' },
  { code: 'SPL314', marked: 'x | eval y=strftime(1, «"%q"»)', message: 'time format: expected a specifier that is supported, found "%q".' },
  { code: 'SPL315', marked: 'x | eventstats count by «sourceIPs{}»', message: 'eventstats: expected BY fields with one value, found "sourceIPs{}", which may hold several.', help: 'Expand it first: mvexpand sourceIPs{}' },
  { code: 'SPL316', marked: 'src_ip=«$src_ip$»', message: 'search: expected a value, found the dashboard token "$src_ip$".', help: 'Give it one: --token src_ip=…, or "tokens" of the API.' },
  { code: 'SPL317', marked: '«x | stats count as "\0"»', message: 'search: expected names without NUL, found one.' },
  { code: 'SPL318', marked: 'x | lookup «owner» name', message: 'lookup: expected the name of a lookup, found "owner", which nothing defines.', help: 'Did you mean "owners"?' },
  { code: 'SPL319', marked: 'x | lookup owners name OUTPUT «teams»', message: 'lookup: expected a column of owners (name, team), found "teams".', help: 'Did you mean "team"?' },
  { code: 'SPL320', marked: 'x | «stats count»', message: 'search: expected a search expression, found the command "stats".', ofRows: true },
]; // biome-ignore format: a flat table

const WARNINGS: readonly Case[] = [
  { code: 'SPL401', marked: 'verb=get «or» verb=list', message: 'search: "or" is a word to look for; operators are upper case.', help: 'Write OR.' },
  { code: 'SPL402', marked: 'x | where «user.username»="a"', message: 'expression: "user.username" joins the values of several fields; a name with dots stands in single quotes.', help: "For the field write 'user.username'." },
  { code: 'SPL403', marked: 'x | stats count by verb | where «verbb»="a"', message: 'field "verbb": expected a field that a command before yields, found none of that name.', help: 'Did you mean "verb"?' },
  { code: 'SPL405', marked: 'x «[search y | return z]»', message: 'return: where the subsearch finds nothing, it leaves no term and every event matches.', help: 'With fields in its place nothing would match.' },
]; // biome-ignore format: a flat table

function run({ marked, limits, ofRows }: Case) {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»') - 1;
  const text = marked.replace(/[«»]/g, '');
  if (ofRows) {
    const refused = compileRowSearch({ name: 'test', text }, { macros: MACROS });
    return { span: { start, end }, found: refused.ok ? refused.warnings : refused.diagnostics };
  }
  const result = compile(
    { name: 'test', text },
    {
      macros: MACROS,
      strict: true,
      window: { kind: 'session' },
      lookups: LOOKUPS,
      ...(limits === undefined ? {} : { limits }),
    },
  );
  return { span: { start, end }, found: result.ok ? result.warnings : result.diagnostics };
}

function check(item: Case, severity: Diagnostic['severity']): void {
  const { span, found } = run(item);
  expect(
    found.map(({ code, message, ...rest }) => ({
      code,
      message: message.replace(/found \d+ characters/, 'found N characters'),
      severity: rest.severity,
      span: plain(rest.span),
    })),
  ).toEqual([{ code: item.code, message: item.message, severity, span }]);
  if (item.help !== undefined) expect(found[0]?.help).toBe(item.help);
}

function plain({ start, end }: Diagnostic['span']): Diagnostic['span'] {
  return { start, end };
}

describe('errors', () => {
  test.each(ERRORS.map((item) => [item.code, item.marked, item] as const))('%s %s', (_, __, item) =>
    check(item, 'error'),
  );
});

describe('warnings', () => {
  test.each(WARNINGS.map((item) => [item.code, item.marked, item] as const))('%s %s', (_, __, item) =>
    check(item, 'warning'),
  );
});

describe('the catalogue', () => {
  const declared = [
    ...readFileSync(new URL('../../src/spl/diagnostics.ts', import.meta.url), 'utf8').matchAll(/\| '(SPL\d+)'/g),
  ].map(([, code]) => code);

  test('has a search for every code', () => {
    expect([...new Set([...ERRORS, ...WARNINGS].map(({ code }) => code))].sort()).toEqual([...declared].sort());
  });

  test('is explained in docs/spl.md, code by code', () => {
    const page = readFileSync(new URL('../../docs/spl.md', import.meta.url), 'utf8');
    const explained = [...page.matchAll(/^\| (SPL\d+) \|/gm)].map(([, code]) => code);
    expect(explained.sort()).toEqual([...declared].sort());
  });
});

describe('the picture', () => {
  test('shows file, line and column of a search that stands in a file', () => {
    const source = {
      name: 'k8s_secret_read.yml',
      text: '`kube_audit` verb=get\n| dedup 0 user.username',
      line: 13,
      column: 11,
    };
    const result = compile(source, { macros: MACROS, strict: false, window: { kind: 'session' } });
    const drawn = result.ok ? '' : result.diagnostics.map((item) => renderDiagnostic(item, source)).join('');
    expect(drawn).toBe(
      [
        'error[SPL205]: dedup: count: expected a whole number of at least 1, found "0".',
        '  --> k8s_secret_read.yml:14:9',
        '14 | | dedup 0 user.username',
        '   |         ^',
        '',
      ].join('\n'),
    );
  });

  test('cuts a long line around the place', () => {
    const text = `${'verb=get OR '.repeat(40)} verb=( | head`;
    const result = compile({ name: 'x', text }, { macros: MACROS, strict: false, window: { kind: 'session' } });
    const drawn = result.ok ? '' : renderDiagnostic(result.diagnostics[0]!, { name: 'x', text });
    const [, , line = '', carets = ''] = drawn.split('\n');
    expect(line.length).toBeLessThan(180);
    expect(line[carets.indexOf('^')]).toBe('(');
  });
});
