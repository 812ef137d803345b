import { isIPv4, isIPv6 } from 'node:net';

/** A network of IP addresses; a single address is one of full length. */
export interface Network {
  readonly address: string;
  readonly prefixLength: number;
  readonly family: 'ipv4' | 'ipv6';
}

// Names that operators of other proxies know.
const ranges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * Parses TRUSTED_PROXIES: addresses and networks, separated by commas or spaces, and the names `loopback`, `linklocal` and
 * `uniquelocal`. Throws an Error that names what is neither.
 */
export function parseTrustedProxies(text: string): readonly Network[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap((item) => (Object.hasOwn(ranges, item) ? ranges[item]! : [item]))
    .map(parseNetwork);
}

function parseNetwork(text: string): Network {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
  const full = family === 'ipv4' ? 32 : 128;
  const prefixLength = length === undefined ? full : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (family === undefined || rest.length > 0 || prefixLength < 0 || prefixLength > full) {
    throw new Error(`${JSON.stringify(text)} is neither an IP address nor a network such as 10.0.0.0/8`);
  }
  if (prefixLength === 0) {
    throw new Error(`${text} would trust every client; list the addresses of the proxies`);
  }
  return { address, prefixLength, family };
}
