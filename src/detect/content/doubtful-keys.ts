/** Top-level keys of a detection file that have no effect and are nearly the name of one that has. */
import { suggest } from '../../spl/suggestion.ts';
import type { DoubtfulKey } from '../detection.ts';
import { detectionSchema } from './detection-schema.ts';
import type { YamlFile } from './yaml-file.ts';

/** Of published layouts: for readers, and not mistaken for another. */
const unreadKeys = new Set([
  'author',
  'data_source',
  'datamodel',
  'drilldown_searches',
  'how_to_implement',
  'known_false_positives',
  'references',
]);

/** In the order of the file. A key whose near one is in the file too is no slip of it. */
export function doubtfulKeysOf(yaml: YamlFile): readonly DoubtfulKey[] {
  const known = Object.keys(detectionSchema.shape);
  const missing = known.filter((key) => !yaml.keys.has(key));
  return [...yaml.keys].flatMap(([key, line]) => {
    const suggestion = known.includes(key) || unreadKeys.has(key) ? undefined : suggest(key, missing);
    return suggestion === undefined ? [] : [{ key, suggestion, line }];
  });
}
