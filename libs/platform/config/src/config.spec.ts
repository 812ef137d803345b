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
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://x' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://example.org/path' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://index.example.org' }],
    ['SECRET_KEY', { SECRET_KEY: 'short' }],
    ['SECRET_KEY', { SECRET_KEY: 'please-change-me-please-change-me-123' }],
    ['SECRET_KEY', { SECRET_KEY: 'a'.repeat(40) }],
    ['SECRET_KEY_FILE', { SECRET_KEY_FILE: '/nowhere/at/all' }],
    ['SIGN_UP', { SIGN_UP: 'maybe' }],
    ['PASSWORD_MIN_LENGTH', { PASSWORD_MIN_LENGTH: '7' }],
    ['MEILI_URL', { MEILI_URL: 'ftp://x' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x/y' }],
  ];
  for (const [name, env] of refused) {
    it(`refuses ${JSON.stringify(env)} and names ${name}`, () => {
      assert.throws(
        () => loadConfig(env),
        (error: unknown) => error instanceof ConfigurationError && error.message.includes(name),
      );
    });
  }

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
    const listed = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name!);
    assert.deepEqual(listed.sort(), [...variableNames].sort());
  });
});
