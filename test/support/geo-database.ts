/** A city database of MaxMind's format in which every IPv4 address is at one place. */
const METADATA_MARK = Buffer.from('\u00ab\u00cd\u00efMaxMind.com', 'latin1');

/** The file's bytes; `city`, `region` and the country's code must be shorter than 29 letters. */
export function geoDatabaseOf(place: {
  readonly city: string;
  readonly countryCode: string;
  readonly region: string;
}): Buffer {
  // One node, both of whose sides point to the one record at the beginning of the data.
  const recordBits = 24;
  const nodes = 1;
  const separator = Buffer.alloc(16);
  const pointer = Buffer.alloc(3);
  pointer.writeUIntBE(nodes + separator.length, 0, 3);
  return Buffer.concat([
    pointer,
    pointer,
    separator,
    map({ city: text(place.city), country_code: text(place.countryCode), state1: text(place.region) }),
    METADATA_MARK,
    map({
      binary_format_major_version: number(5, 2, 2),
      binary_format_minor_version: number(5, 2, 0),
      build_epoch: number(6, 4, 1_767_225_600),
      database_type: text('City'),
      description: map({}),
      ip_version: number(5, 2, 4),
      languages: Buffer.from([0x00, 0x04]),
      node_count: number(6, 4, nodes),
      record_size: number(5, 2, recordBits),
    }),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
}

/** `type` 5 is an unsigned number of 16 bits, 6 of 32. */
function number(type: 5 | 6, size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return Buffer.concat([control(type, size), bytes]);
}

function map(entries: Readonly<Record<string, Buffer>>): Buffer {
  const pairs = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
  return Buffer.concat([control(7, Object.keys(entries).length), ...pairs]);
}

function control(type: number, size: number): Buffer {
  return Buffer.from([(type << 5) | size]);
}
