/**
 * Moves recorded events in time, so that a recording of last year ends now and a running schedule finds it.
 *
 * Works on the text: only the digits of the times change, also inside the JSON text that an AKS record carries,
 * and every microsecond of the distances stays.
 */

const timeFields =
  /(\\*"(?:requestReceivedTimestamp|stageTimestamp|creationTimestamp|timestamp|receiveTimestamp|time)\\*"\s*:\s*\\*")(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})((?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)(?=\\*")/g;

/** The latest `stageTimestamp` or `requestReceivedTimestamp` in a record's text, in whole epoch seconds; null where it has none. */
export function newestSecond(text: string): number | null {
  let newest: number | null = null;
  for (const [, name = '', time = '', rest = ''] of text.matchAll(timeFields)) {
    if (!/requestReceivedTimestamp|stageTimestamp/.test(name)) continue;
    const second = toSecond(time, rest);
    if (second !== null && (newest === null || second > newest)) newest = second;
  }
  return newest;
}

/** The text with every time of the event moved by whole seconds. */
export function shiftTimes(text: string, seconds: number): string {
  return text.replace(timeFields, (whole, name: string, time: string, rest: string) => {
    const second = toSecond(time, '');
    if (second === null) return whole;
    const moved = new Date((second + seconds) * 1000).toISOString().slice(0, 19);
    return `${name}${time.includes(' ') ? moved.replace('T', ' ') : moved}${rest}`;
  });
}

function toSecond(time: string, rest: string): number | null {
  const offset = /[+-]\d{2}:\d{2}$/.exec(rest)?.[0] ?? 'Z';
  const milliseconds = Date.parse(`${time.replace(' ', 'T')}${offset}`);
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000);
}
