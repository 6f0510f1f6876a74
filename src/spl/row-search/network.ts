/** Networks as the macro spl_in_network reads them: IPv4 in four numbers, IPv6 without an embedded IPv4 address. */

/** Whether an address lies in a network; undefined where the text is no network that has addresses. */
export function networkTest(network: string): ((address: string) => boolean) | undefined {
  const [base = '', length = ''] = network.split('/');
  const prefix = Number(length);
  const four = ipv4Number(base);
  if (four !== undefined) {
    if (prefix > 32) return undefined;
    const width = 2 ** (32 - prefix);
    const wanted = Math.floor(four / width);
    return (address) => {
      const number = ipv4Number(address);
      return number !== undefined && Math.floor(number / width) === wanted;
    };
  }
  const wanted = ipv6Bits(base)?.slice(0, prefix);
  if (wanted === undefined || prefix > 128) return undefined;
  return (address) => ipv6Bits(address)?.slice(0, prefix) === wanted;
}

function ipv4Number(text: string): number | undefined {
  const octets = text.split('.');
  const isOctet = (octet: string): boolean => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255;
  if (octets.length !== 4 || !octets.every(isOctet)) return undefined;
  return octets.reduce((high, octet) => high * 256 + Number(octet), 0);
}

/** 128 characters of 0 and 1; a `::` stands for as many zero groups as are missing. */
function ipv6Bits(text: string): string | undefined {
  if (!/^[0-9a-f:]{2,39}$/i.test(text) || !/^(?:[0-9a-f]{0,4}:){1,8}[0-9a-f]{0,4}$/i.test(text)) return undefined;
  const sides = text.split('::');
  const groups = (side: string): readonly string[] => side.split(':').filter((group) => group !== '');
  const [head = '', tail = ''] = sides;
  const known = groups(head).length + groups(tail).length;
  if (sides.length > 2 || known > 8 || (sides.length === 1 && text.split(':').length !== 8)) return undefined;
  const zeros = Array.from({ length: 8 - known }, () => '0');
  return [...groups(head), ...zeros, ...groups(tail)]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}
