import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, loadConfig, variableNames } from './config';
import { packageRoot } from './package-root';

describe('configuration', () => {
  it('has a default for everything', () => {
    const config = loadConfig({});
    assert.equal(config.server.publicUrl, 'http://localhost:8080');
    assert.equal(config.dataDir, join(packageRoot, 'data'));
    assert.equal(config.secretKey, undefined);
    assert.ok(Object.isFrozen(config.server));
  });

  const refused: [string, Record<string, string>][] = [
    ['PORT', { PORT: '0' }],
    ['PORT', { PORT: 'http' }],
    ['TOKEN_TTL', { TOKEN_TTL: '59' }],
    ['TOKEN_TTL', { TOKEN_TTL: '3601' }],
    ['RECONCILE_EVERY', { RECONCILE_EVERY: '59s' }],
    ['RECONCILE_EVERY', { RECONCILE_EVERY: '8d' }],
    ['RECONCILE_EVERY', { RECONCILE_EVERY: '3600' }],
    ['RECONCILE_EVERY', { RECONCILE_EVERY: '1.5h' }],
    ['RECONCILE_EVERY', { RECONCILE_EVERY: '-1h' }],
    ['RECONCILE_EVERY', { RECONCILE_EVERY: '1H' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://x' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://example.org/path' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://index.example.org' }],
    ['SECRET_KEY', { SECRET_KEY: 'short' }],
    ['SECRET_KEY', { SECRET_KEY: 'please-change-me-please-change-me-123' }],
    ['SECRET_KEY', { SECRET_KEY: 'a'.repeat(40) }],
    ['SECRET_KEY_FILE', { SECRET_KEY_FILE: '/nowhere/at/all' }],
    ['SIGN_UP', { SIGN_UP: 'maybe' }],
    ['PASSWORD_MIN_LENGTH', { PASSWORD_MIN_LENGTH: '7' }],
    ['SEARCH_CACHE_MS', { SEARCH_CACHE_MS: '251' }],
    ['SEARCH_CACHE_MS', { SEARCH_CACHE_MS: '-1' }],
    ['MEILI_URL', { MEILI_URL: 'ftp://x' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x/y' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'proxy.example' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.1, not-an-ip' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/33' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/8/8' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.1:80' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '2001:db8::/129' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '0.0.0.0/0' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'constructor' }],
  ];
  for (const [name, env] of refused) {
    it(`refuses ${JSON.stringify(env)} and names ${name}`, () => {
      assert.throws(
        () => loadConfig(env),
        (error: unknown) => error instanceof ConfigurationError && error.message.includes(name),
      );
    });
  }

  it('reads the rhythm of reconciles in seconds', () => {
    const read = (text?: string): number => loadConfig({ RECONCILE_EVERY: text }).reconcileEvery;
    assert.deepEqual(
      [read(), read(''), read('1m'), read('60s'), read('15m'), read('90m'), read('24h'), read('7d')],
      [3_600, 3_600, 60, 60, 900, 5_400, 86_400, 604_800],
    );
  });

  it('reads the networks of trusted proxies, and says in one line what is none', () => {
    const read = (text: string): string[] =>
      loadConfig({ TRUSTED_PROXIES: text }).server.trustedProxies.map(
        ({ address, prefixLength }) => `${address}/${prefixLength}`,
      );
    assert.deepEqual(read(''), []);
    assert.deepEqual(read(' 10.0.0.1,2001:db8::/32  ::1,'), ['10.0.0.1/32', '2001:db8::/32', '::1/128']);
    assert.deepEqual(read('loopback'), ['127.0.0.0/8', '::1/128']);
    assert.throws(() => loadConfig({ TRUSTED_PROXIES: 'x' }), {
      message:
        'invalid configuration: TRUSTED_PROXIES: "x" is neither an IP address nor a network such as 10.0.0.0/8',
    });
  });

  it('reads which clients get the v1 protocol only', () => {
    const read = (text: string): readonly string[] =>
      loadConfig({ V1_ONLY_USER_AGENTS: text }).server.v1OnlyUserAgents;
    assert.deepEqual(read(''), ['default']);
    assert.deepEqual(read('none'), []);
    assert.deepEqual(read('default, docker/1.11. ,'), ['default', 'docker/1.11.']);
  });

  it('names every invalid variable in one message', () => {
    assert.throws(() => loadConfig({ PORT: '-1', SIGN_UP: 'x' }), /PORT.*SIGN_UP/);
  });

  it('accepts http for other hosts when ALLOW_HTTP is 1', () => {
    const config = loadConfig({ PUBLIC_URL: 'http://index.example.org', ALLOW_HTTP: '1' });
    assert.equal(config.server.publicUrl, 'http://index.example.org');
    assert.equal(config.server.secure, false);
  });

  it('is listed completely in .env.example', () => {
    const example = readFileSync(join(packageRoot, '.env.example'), 'utf8');
    const listed = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);
    assert.deepEqual(listed.sort(), [...variableNames].sort());
  });
});
