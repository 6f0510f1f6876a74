/**
 * What a log record tells besides its body: cluster, Splunk metadata, attributes, where in a cloud it came from.
 *
 * The attribute names are those of the Splunk Distribution's charts and of the contrib receivers
 * awscloudwatch and azureeventhub.
 */
import type { AnyValue, AttributeMap, LogRecord, RecordBatch, ResourceLogs } from '../component.ts';
import { microsOfNanos } from './event-time.ts';
import { printJson } from './print-json.ts';
import type { SharedAttributes } from './shared-attributes.ts';

/** What its resource and its attributes say of a record; the same for many. */
export interface RecordDescription {
  readonly receiver: string;
  /** The cluster that the sender is bound to, else the one that attributes name; wins over an envelope's. */
  readonly cluster: string | null;
  /** The cluster configured for the listener; used where nothing else names one. */
  readonly configuredCluster: string | null;
  readonly index: string | null;
  readonly source: string | null;
  readonly sourcetype: string | null;
  readonly host: string | null;
  readonly resource: string | null;
  readonly attributes: string | null;
  /** CloudWatch log group and stream. */
  readonly logGroup: string | null;
  readonly logStream: string | null;
  /** Attributes of the resource, for what only an envelope needs. */
  readonly resourceAttributes: AttributeMap;
}

export interface RecordContext extends RecordDescription {
  readonly record: LogRecord;
  /** The record's time, else its observed time; null where it has neither. */
  readonly recordMicros: number | null;
}

/** Returns a function that describes each record of `resource` by its attributes; what is the resource's is worked out once. */
export function describeRecords(
  batch: RecordBatch,
  resource: ResourceLogs,
  shared: SharedAttributes,
): (record: LogRecord) => RecordDescription {
  const { receiver } = batch;
  const resourceAttributes = resource.resourceAttributes;
  const resourceText = shared.boundResource(printAttributes(resourceAttributes), resource.logRecords.length);
  const boundCluster = batch.boundCluster ?? null;
  const configuredCluster = batch.cluster ?? null;
  const configured = batch.metadata ?? {};
  const ofResource = (name: string): string | null => readAttribute(resourceAttributes[name]);
  const resourceCluster = ofResource('k8s.cluster.name');
  const resourceClusterName = ofResource('cluster_name');
  const resourceIndex = ofResource('com.splunk.index');
  const resourceSource = ofResource('com.splunk.source');
  const resourceSourcetype = ofResource('com.splunk.sourcetype');
  const resourceHost = ofResource('host.name');
  const resourceFilePath = ofResource('log.file.path');
  const resourceLogGroup = firstOf(resourceAttributes, LOG_GROUP);
  const resourceLogStream = firstOf(resourceAttributes, LOG_STREAM);

  const describeAttributes = (attributes: AttributeMap): RecordDescription => {
    const text = printAttributes(attributes);
    const own = (name: string): string | null => readAttribute(attributes[name]);
    return {
      receiver,
      cluster: boundCluster ?? resourceCluster ?? own('k8s.cluster.name') ?? resourceClusterName ?? own('cluster_name'),
      configuredCluster,
      index: resourceIndex ?? own('com.splunk.index') ?? configured.index ?? null,
      source:
        resourceSource ??
        own('com.splunk.source') ??
        own('log.file.path') ??
        resourceFilePath ??
        configured.source ??
        null,
      sourcetype: resourceSourcetype ?? own('com.splunk.sourcetype') ?? configured.sourcetype ?? null,
      host: resourceHost ?? own('host.name') ?? configured.host ?? null,
      resource: resourceText,
      attributes: text,
      logGroup: resourceLogGroup ?? firstOf(attributes, LOG_GROUP),
      logStream: resourceLogStream ?? firstOf(attributes, LOG_STREAM),
      resourceAttributes,
    };
  };

  // Most receivers send no record attributes, or the same ones in a row, which are one map then: this runs for every event.
  let last = NO_ATTRIBUTES;
  let described = describeAttributes(last);
  return (record) => {
    if (record.attributes !== last) {
      last = record.attributes;
      described = describeAttributes(last);
    }
    return described;
  };
}

/** The record with what its description says. */
export function contextOf(record: LogRecord, description: RecordDescription): RecordContext {
  const recordMicros = microsOfNanos(record.timeUnixNano) ?? microsOfNanos(record.observedTimeUnixNano);
  return { ...description, record, recordMicros };
}

const NO_ATTRIBUTES: AttributeMap = {};
const LOG_GROUP = ['cloudwatch.log.group.name', 'aws.log.group.names'] as const;
const LOG_STREAM = ['cloudwatch.log.stream', 'cloudwatch.log.stream.name', 'aws.log.stream.names'] as const;

/** A path's longest on Linux; every row holds these texts once more. */
const MOST_CHARACTERS = 4096;

/** Text of an attribute, cut where it is longer than any name; null where it is absent, empty or not a scalar. A list counts by its first element. */
export function readAttribute(value: AnyValue | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : value.slice(0, MOST_CHARACTERS).toWellFormed();
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return Array.isArray(value) && value.length > 0 ? readAttribute((value as readonly AnyValue[])[0]) : null;
}

function firstOf(attributes: AttributeMap, names: readonly string[]): string | null {
  for (const name of names) {
    const text = readAttribute(attributes[name]);
    if (text !== null) return text;
  }
  return null;
}

function printAttributes(attributes: AttributeMap): string | null {
  for (const _name in attributes) return printJson(attributes);
  return null;
}
