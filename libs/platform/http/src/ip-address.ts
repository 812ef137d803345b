import { isIPv4, isIPv6, SocketAddress } from 'node:net';

// The longest has six groups of IPv6 and an IPv4 address, brackets, a zone and a port.
const maxLength = 100;
const withPort = /^(?:\[([^[\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/;
const mappedPrefix = '::ffff:';

/**
 * The IP address in an address as programs write it: IPv4 or IPv6, with or without a port (IPv6 then in brackets), with or
 * without a zone (RFC 4007). The result is the canonical spelling without port and zone, IPv4 if it is an IPv4 address
 * mapped to IPv6, so that one client has one address. Undefined for everything else, such as names, `unknown` and IPv4
 * addresses in other notations than four decimal numbers.
 */
export function parseIpAddress(text: string): string | undefined {
  if (text.length > maxLength) return undefined;
  if (isIPv4(text)) return text;
  if (text.includes(':') && isIPv6(text)) return canonical(text);
  const [, bracketed, plain, port = '0'] = withPort.exec(text) ?? [];
  if (Number(port) > 65_535) return undefined;
  if (plain !== undefined) return isIPv4(plain) ? plain : undefined;
  return bracketed !== undefined && isIPv6(bracketed) ? canonical(bracketed) : undefined;
}

function canonical(text: string): string {
  const address = text.split('%', 1)[0]!;
  const spelled = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = spelled.startsWith(mappedPrefix) ? spelled.slice(mappedPrefix.length) : '';
  return isIPv4(mapped) ? mapped : spelled;
}
