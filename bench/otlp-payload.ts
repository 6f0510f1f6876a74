/** ExportLogsServiceRequest as the Collector's filelog receiver and the chart's resource processors make it. */
import protobuf from 'protobufjs/minimal.js';

const resource = encodeResource({
  'com.splunk.source': '/var/log/kubernetes/audit.log',
  'com.splunk.sourcetype': 'kube:apiserver-audit',
  'host.name': 'node-1',
  'k8s.node.name': 'node-1',
  'k8s.cluster.name': 'bench',
  'os.type': 'linux',
});

/** Encodes one batch: string bodies, `log.file.path` on every record. */
export function encodeLogsRequest(bodies: readonly string[], observedTimeUnixNano: bigint): Uint8Array {
  const low = Number(observedTimeUnixNano & 0xffff_ffffn);
  const high = Number(observedTimeUnixNano >> 32n);
  const writer = protobuf.Writer.create();
  writer.uint32((1 << 3) | 2).fork(); // resource_logs
  writer.uint32((1 << 3) | 2).bytes(resource);
  writer.uint32((2 << 3) | 2).fork(); // scope_logs
  writer.uint32((1 << 3) | 2).bytes(new Uint8Array(0)); // scope
  for (const body of bodies) {
    writer.uint32((2 << 3) | 2).fork(); // log_records
    writer
      .uint32((5 << 3) | 2)
      .fork()
      .uint32((1 << 3) | 2)
      .string(body)
      .ldelim();
    writeKeyValue(writer, (6 << 3) | 2, 'log.file.path', '/var/log/kubernetes/audit.log');
    writer
      .uint32((11 << 3) | 1)
      .fixed32(low)
      .fixed32(high);
    writer.ldelim();
  }
  return writer.ldelim().ldelim().finish();
}

function encodeResource(attributes: Readonly<Record<string, string>>): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const [key, value] of Object.entries(attributes)) writeKeyValue(writer, (1 << 3) | 2, key, value);
  return writer.finish();
}

function writeKeyValue(writer: protobuf.Writer, tag: number, key: string, value: string): void {
  writer.uint32(tag).fork();
  writer.uint32((1 << 3) | 2).string(key);
  writer
    .uint32((2 << 3) | 2)
    .fork()
    .uint32((1 << 3) | 2)
    .string(value)
    .ldelim();
  writer.ldelim();
}
