/** fromjson and tojson, over parsed documents. */
import type { FromjsonCommand, JsonDatatype, TojsonCommand } from '../../../src/spl/ast.ts';
import { type FieldValue, fromMembers, membersOf, numberIn, textOfNumber } from './field-value.ts';
import { type Json, parseJson, printJson, scalarText } from './json-fields.ts';
import type { Row } from './row.ts';
import { matchStars } from './wildcard.ts';

/** Keys of the object itself; what is found takes the place of what was there. */
export function fromJson({ field, prefix }: FromjsonCommand, row: Row): Row {
  const found = new Map<string, string[]>();
  for (const text of membersOf(row.get(field.name))) {
    const document = parseJson(text);
    if (!(document instanceof Map)) continue;
    for (const [key, value] of document as ReadonlyMap<string, Json>) {
      const name = `${prefix}${key}`;
      if (key === '' || name.startsWith('_')) continue;
      const nodes = Array.isArray(value) ? (value as readonly Json[]) : [value];
      const texts = nodes.filter((node) => node !== null).map((node) => scalarText(node) ?? printJson(node));
      if (texts.length > 0) found.set(name, [...(found.get(name) ?? []), ...texts]);
    }
  }
  return row.with([...found].map(([name, texts]) => [name, fromMembers(texts)]));
}

export function toJson(command: TojsonCommand, row: Row): Row {
  const datatypes = new Map<string, JsonDatatype>();
  const listed = command.fields.map(({ field, datatype }) => [field.name, datatype] as const);
  for (const [pattern, datatype] of listed.length > 0 ? listed : [['*', command.defaultType] as const]) {
    for (const name of pattern.includes('*') ? row.names() : [pattern]) {
      const isCovered = command.includeInternal || !name.startsWith('_');
      if (!pattern.includes('*') || (isCovered && matchStars(pattern, name) !== undefined))
        datatypes.set(name, datatype);
    }
  }
  const pairs = [...datatypes].sort().flatMap(([name, datatype]) => {
    const json = jsonOf(row.get(name), datatype, command.fillNull);
    return json === undefined ? [] : [`${JSON.stringify(name)}:${json}`];
  });
  return row.with([[command.output.name, `{${pairs.join(',')}}`]]);
}

function jsonOf(value: FieldValue, datatype: JsonDatatype, fillNull: boolean): string | undefined {
  const members = membersOf(value);
  const texts = members.flatMap((text) => typed(text, datatype) ?? (fillNull ? ['null'] : []));
  if (texts.length === 0) return undefined;
  return members.length > 1 ? `[${texts.join(',')}]` : texts[0];
}

function typed(text: string, datatype: JsonDatatype): string | undefined {
  const number = numberIn(text);
  if (datatype === 'str') return JSON.stringify(text);
  if (datatype === 'bool') {
    if (number !== undefined) return String(number !== 0);
    if (/^(?:false|f|no)$/i.test(text)) return 'false';
    return /^(?:true|t|yes)$/i.test(text) ? 'true' : undefined;
  }
  if (number !== undefined) return textOfNumber(number);
  if (datatype === 'num') return undefined;
  const isJson = datatype !== 'none' && parseJson(text) !== undefined;
  if (isJson) return text;
  return datatype === 'json' ? undefined : JSON.stringify(text);
}
