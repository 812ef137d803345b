import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { loadConfig } from '@central-index/platform/config';
import type { IncomingMessage } from 'node:http';
import { TrustedPeers } from './trusted-peers';

const peersOf = (trusted: string): TrustedPeers =>
  new TrustedPeers(loadConfig({ TRUSTED_PROXIES: trusted }).server.trustedProxies);

const requestFrom = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

describe('address of a client', () => {
  const trusted = '10.0.0.1, 10.1.0.0/16, 2001:db8:1::/48';
  const proxy = '10.0.0.1';
  const cases: [peer: string, forwarded: string | undefined, address: string][] = [
    [proxy, undefined, proxy],
    [proxy, '', proxy],
    [proxy, ' , ,', proxy],
    [proxy, '192.0.2.7', '192.0.2.7'],
    [proxy, '192.0.2.7:1234', '192.0.2.7'],
    [proxy, '[2001:db8:2::1]:1234', '2001:db8:2::1'],
    [proxy, '2001:DB8:2:0:0::1', '2001:db8:2::1'],
    [proxy, 'fe80::1%eth0', 'fe80::1'],
    [proxy, '::ffff:192.0.2.7', '192.0.2.7'],
    [proxy, '192.0.2.7,', '192.0.2.7'],
    [proxy, 'not-an-ip', proxy],
    [proxy, '192.0.2.7, not-an-ip', proxy],
    [proxy, 'not-an-ip, 192.0.2.7', '192.0.2.7'],
    [proxy, 'not-an-ip, 10.1.2.3', proxy],
    [proxy, '198.51.100.1, 192.0.2.7, 10.1.2.3:80, 10.0.0.1', '192.0.2.7'],
    [proxy, '198.51.100.1, [2001:db8:1:2::3]:80', '198.51.100.1'],
    [proxy, '10.1.0.9, 10.1.2.3', '10.1.0.9'],
    [proxy, 'x'.repeat(300), proxy],
    [proxy, '0x7f.1', proxy],
    ['::ffff:10.0.0.1', '192.0.2.7', '192.0.2.7'],
    ['2001:db8:1::9', '192.0.2.7', '192.0.2.7'],
    ['10.0.0.2', '192.0.2.7', '10.0.0.2'],
    ['::ffff:10.0.0.2', '192.0.2.7', '10.0.0.2'],
    ['fe80::5%eth0', '192.0.2.7', 'fe80::5'],
  ];
  for (const [peer, forwarded, address] of cases) {
    it(`of ${peer} that sends ${JSON.stringify(forwarded)?.slice(0, 60)} is ${address}`, () => {
      const headers = forwarded === undefined ? undefined : { 'x-forwarded-for': forwarded };
      const peers = peersOf(trusted);
      const request = requestFrom(peer, headers);
      assert.equal(peers.addressOf(request), address);
      assert.equal(peers.addressOf(request), address);
    });
  }

  it('is that of the peer when no proxy is trusted', () => {
    assert.equal(
      peersOf('').addressOf(requestFrom('10.0.0.1', { 'x-forwarded-for': '192.0.2.7' })),
      '10.0.0.1',
    );
  });
});

describe('id of a request', () => {
  const idOf = (peer: string, id: string): string =>
    peersOf('10.0.0.1').requestIdOf(requestFrom(peer, { 'x-request-id': id }));

  it('is kept from a trusted proxy', () => {
    for (const id of ['a', '7f3c-11', 'Root=1-67891233-abcdef012345678912345678', 'x'.repeat(128)]) {
      assert.equal(idOf('10.0.0.1', id), id);
    }
  });

  it('is a new one for other peers, and instead of text that is no id', () => {
    const refused = ['', ' ', 'a b', 'a, b', 'a"b', 'a\\u0000', '<script>', 'é', 'x'.repeat(129)];
    for (const id of refused) assert.match(idOf('10.0.0.1', id), /^[\da-f-]{36}$/, id);
    assert.match(idOf('10.0.0.2', 'abc'), /^[\da-f-]{36}$/);
    assert.notEqual(idOf('10.0.0.2', 'abc'), idOf('10.0.0.2', 'abc'));
  });
});
