/** Addresses and networks, IPv4 and IPv6. */
import { BlockList, isIP } from 'node:net';

export interface Network {
  readonly address: string;
  readonly prefix: number;
}

export function parseNetwork(text: string): Network | undefined {
  const found = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(text);
  if (found === null) return undefined;
  const [address = '', prefix] = [found[1], Number(found[2])];
  const version = isIP(address);
  return version === 0 || prefix > (version === 4 ? 32 : 128) ? undefined : { address, prefix };
}

export function isInNetwork(member: string, { address, prefix }: Network): boolean {
  const version = isIP(member);
  if (version === 0 || version !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return list.check(member, version === 4 ? 'ipv4' : 'ipv6');
}

export function isIpv4(text: string): boolean {
  return isIP(text) === 4;
}
