/** Searches that try to make the compiler slow, of about as many characters as are asked for. Some are refused. */

/** As many parts as fit. */
function filled(size: number, head: string, part: (index: number) => string, between: string, tail = ''): string {
  const parts: string[] = [];
  let length = head.length + tail.length;
  for (let index = 0; length < size; index += 1) {
    const made = part(index);
    parts.push(made);
    length += made.length + between.length;
  }
  return `${head}${parts.join(between)}${tail}`;
}

/** So many commands, with blanks up to the size. */
function commands(size: number, count: number, command: (index: number) => string): string {
  const blanks = ' '.repeat(Math.max(0, Math.floor(size / count) - command(count).length - 3));
  return ['dataset=kube_audit', ...Array.from({ length: count }, (_, index) => command(index) + blanks)].join(' | ');
}

const EVENTS = 'dataset=kube_audit ';

export const HOSTILE_SEARCHES: Readonly<Record<string, (size: number) => string>> = {
  'OR of fields': (size) => filled(size, EVENTS, (index) => `user.username=u${index}`, ' OR '),
  'OR of JSON fields': (size) => filled(size, EVENTS, (index) => `requestObject.x${index % 50}=u`, ' OR '),
  'OR of wildcards': (size) => filled(size, EVENTS, (index) => `user.username=*u${index}*x*`, ' OR '),
  'AND of fields': (size) => filled(size, EVENTS, (index) => `user.username!=u${index}`, ' '),
  words: (size) => filled(size, EVENTS, (index) => `word${index}`, ' '),
  'IN of values': (size) => filled(size, `${EVENTS}user.username IN (`, (index) => `u${index}`, ', ', ')'),
  'IN of networks': (size) =>
    filled(size, `${EVENTS}sourceIPs{} IN (`, (index) => `10.${index % 256}.0.0/16`, ', ', ')'),
  brackets: (size) =>
    filled(size, `${EVENTS}${'('.repeat(95)}a=1${')'.repeat(95)} `, () => 'a=1', ' OR ').replace(') a', ') OR a'),
  NOT: (size) => filled(size, EVENTS, () => `${'NOT '.repeat(20)}a=1`, ' '),
  'conditions joined with OR': (size) => filled(size, `${EVENTS}| where `, (index) => `verb="u${index}"`, ' OR '),
  'a sum of numbers': (size) => filled(size, `${EVENTS}| eval x=`, String, '+'),
  'a sum of fields': (size) => filled(size, `${EVENTS}| eval x=`, () => 'verb', '+'),
  assignments: (size) => filled(size, `${EVENTS}| eval `, (index) => `x${index}=verb.${index}`, ', '),
  'assignments that read one another': (size) =>
    filled(size, `${EVENTS}| eval `, (index) => `x${index + 1}=x${index}+1`, ', '),
  'branches of case': (size) => filled(size, `${EVENTS}| eval x=case(`, (index) => `verb="v${index}","r"`, ',', ')'),
  'calls in calls': (size) => {
    const pattern = 'a'.repeat(Math.max(1, Math.floor(size / 80) - 20));
    return `${EVENTS}| eval x=${'replace('.repeat(80)}verb${`,"${pattern}","x")`.repeat(80)}`;
  },
  'changes of JSON': (size) =>
    filled(size, `${EVENTS}| eval x=json_set(_raw,`, (index) => `"a.b${index}.c{}.d","v"`, ',', ')'),
  renames: (size) => filled(size, `${EVENTS}| rename `, (index) => `a${index} AS b${index}`, ', '),
  'renames of renames': (size) => filled(size, `${EVENTS}| rename `, (index) => `a${index} AS a${index + 1}`, ', '),
  'dotted names': (size) => filled(size, `${EVENTS}| table `, (index) => `a${index}.b.c.d`, ' '),
  'arrays in names': (size) => filled(size, `${EVENTS}| table `, (index) => `a${index}{}.b{}.c`, ' '),
  aggregations: (size) => filled(size, `${EVENTS}| stats `, (index) => `count(a${index})`, ' ', ' by verb'),
  'BY fields': (size) => filled(size, `${EVENTS}| stats count by `, (index) => `a${index}`, ' '),
  'BY fields with several values': (size) => filled(size, `${EVENTS}| stats count by `, (index) => `a${index}{}`, ' '),
  searches: (size) => commands(size, 190, (index) => `search verb!=x${index}`),
  'eventstats commands': (size) => commands(size, 190, (index) => `eventstats count as c${index} by verb`),
  'dedup commands': (size) => commands(size, 190, () => 'dedup verb'),
  'iplocation commands': (size) => commands(size, 190, (index) => `iplocation prefix=p${index} sourceIPs{}`),
  'appended searches': (size) =>
    commands(size, 150, (index) => `append [search ${EVENTS} verb=x${index} | table verb]`),
  subsearches: (size) => filled(size, EVENTS, (index) => `[search ${EVENTS}verb=x${index} | table user.username]`, ' '),
  'a text': (size) => `${EVENTS}| where verb="${'x'.repeat(size)}"`,
  'a text of wildcards': (size) => `${EVENTS}verb="${'x*'.repeat(size / 2)}"`,
  'a regular expression': (size) => `${EVENTS}| regex verb="${'(a|b)*[c-d]+'.repeat(size / 12)}"`,
  'groups in groups': (size) => `${EVENTS}| regex verb="${'('.repeat(size / 2)}${')'.repeat(size / 2)}"`,
  'groups with names': (size) => filled(size, `${EVENTS}| rex "`, (index) => `(?<g${index}>a)`, '', '"'),
  'a foreach of many fields': (size) =>
    filled(size, `${EVENTS}| foreach `, (index) => `f${index}`, ' ', ' [eval <<FIELD>>=1]'),
  errors: (size) => filled(size, EVENTS, (index) => `| head x${index}`, ' '),
  'quotes and backslashes': (size) => `${EVENTS}a=${'\\\\'.repeat(size / 4)}${'"" '.repeat(size / 6)}`,
};
