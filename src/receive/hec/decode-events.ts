/**
 * The body of `/services/collector/event` to log records: JSON objects one after the other with nothing, white space
 * or, in a list, commas between them.
 *
 * What becomes of a request with a bad event. Splunk keeps the events before it and none after it, and says which one
 * it was. Here the events after it are kept too where they can be told apart from it, since most senders drop the
 * whole batch on 400 (the Collector's exporter does). A sender that follows Splunk and sends the rest again doubles
 * nothing: the store knows an event by its content. Text that is no JSON ends the reading, because nothing tells where
 * the next event begins.
 */
import type { ResourceLogs } from '../../component.ts';
import { boundBrackets } from '../json-weight.ts';
import { JsonScanner, JsonSyntaxError } from './json-scanner.ts';
import { type EventSource, readEvent } from './read-event.ts';
import { RecordGroups } from './record-groups.ts';
import { HecRefusedError } from './reply.ts';
import { tooManyEvents } from './too-many-events.ts';

export interface DecodedEvents {
  readonly resourceLogs: readonly ResourceLogs[];
  readonly logRecords: number;
  /** Objects that carry measurements and no event; Splunk takes them as metrics or not at all. */
  readonly skipped: number;
  readonly refused: number;
  /** The reply to the first event that was refused. */
  readonly problem: HecRefusedError | undefined;
}

export interface DecodeLimits {
  readonly maxEventsPerRequest: number;
  readonly maxNestingDepth: number;
}

/** Throws HecRefusedError 5 where there is no event at all, and a `too_large` refusal for too many. */
export function decodeEvents(text: string, source: EventSource, limits: DecodeLimits): DecodedEvents {
  boundBrackets(text);
  const scanner = new JsonScanner(text);
  const groups = new RecordGroups(limits.maxEventsPerRequest);
  let isInList = false;
  let number = 0;
  let skipped = 0;
  let refused = 0;
  let problem: HecRefusedError | undefined;

  for (let next = scanner.peek(); next !== ''; next = scanner.peek()) {
    try {
      if (next === '[' && !isInList) {
        scanner.expect('[');
        isInList = scanner.peek() !== ']';
        if (!isInList) scanner.expect(']');
        continue;
      }
      // Those that are refused and passed over cost time too.
      if (number === limits.maxEventsPerRequest) throw tooManyEvents(number);
      const event = readEvent(scanner, number, source, limits.maxNestingDepth);
      if (event instanceof HecRefusedError) {
        problem ??= event;
        refused += 1;
      } else if (event === undefined) {
        skipped += 1;
      } else {
        groups.add(event);
      }
      number += 1;
      if (isInList) isInList = endOfItem(scanner);
    } catch (error: unknown) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      problem ??= new HecRefusedError(6, `event ${number}: ${error.message}.`, { invalidEventNumber: number });
      refused += 1;
      return { resourceLogs: groups.resourceLogs, logRecords: groups.logRecords, skipped, refused, problem };
    }
  }
  if (number === 0) throw new HecRefusedError(5, 'body: expected at least one event, found none.');
  if (isInList) {
    problem ??= new HecRefusedError(6, 'body: expected "]", found the end.', { invalidEventNumber: number });
  }
  return { resourceLogs: groups.resourceLogs, logRecords: groups.logRecords, skipped, refused, problem };
}

/** Whether the list goes on. */
function endOfItem(scanner: JsonScanner): boolean {
  if (scanner.peek() === ']') {
    scanner.expect(']');
    return false;
  }
  if (scanner.peek() === '') return true;
  scanner.expect(',');
  if (scanner.peek() === ']') throw new JsonSyntaxError(`expected an event at character ${scanner.at}`);
  return true;
}
