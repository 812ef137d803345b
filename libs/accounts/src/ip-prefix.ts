import ipaddr from 'ipaddr.js';

/**
 * Returns what limits count by: an IPv4 address (also if it is written as IPv6), or the /64 prefix of an IPv6 address,
 * because a subscriber usually has a whole /64. Text that is no IP address is returned unchanged.
 */
export function ipPrefixOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = parsed.toByteArray().slice(0, 8);
  const groups = [0, 2, 4, 6].map((at) => (((network[at] ?? 0) << 8) | (network[at + 1] ?? 0)).toString(16));
  return `${groups.join(':')}::/64`;
}
