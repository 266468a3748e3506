import { BlockList, isIP } from 'node:net';

const privateRanges = new BlockList();
for (const [net, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 3]] as const) {
  privateRanges.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [['::', 127], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8], ['::ffff:0:0', 96], ['64:ff9b::', 96]] as const) privateRanges.addSubnet(net, prefix, 'ipv6');

/** How a room's addresses are visited: public ones always, private ones only where a person has said so; `headers` are what a resolver said their servers want. */
export type AddressPolicy = { allowPrivate: boolean; headers?: Readonly<Record<string, string>> };

/** Whether an IP address is not of the public internet: loopback, link-local, private, shared, reserved, and IPv4 dressed as IPv6. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 6) {
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
    if (mapped?.[1] !== undefined) return isPrivateAddress(mapped[1]);
  }
  return privateRanges.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The policy of a room: what its form says, or, left open (null), whether the address a person entered is itself a private one. */
export function toAddressPolicy(url: string, allowPrivate: boolean | null): AddressPolicy {
  if (allowPrivate !== null) return { allowPrivate };
  try {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    return { allowPrivate: host === 'localhost' || host.endsWith('.localhost') || isPrivateAddress(host) };
  } catch {
    return { allowPrivate: false };
  }
}
