import ipaddr from 'ipaddr.js';

/**
 * What counts as one place in limits: an IPv4 address (also when written as IPv6), or the /64 of an IPv6 one, which
 * a single subscriber has whole.
 */
export function ipPrefixOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = parsed.toByteArray().slice(0, 8);
  const groups = [0, 2, 4, 6].map((at) => (((network[at] ?? 0) << 8) | (network[at + 1] ?? 0)).toString(16));
  return `${groups.join(':')}::/64`;
}
