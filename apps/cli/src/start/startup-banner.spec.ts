import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startupBanner } from './startup-banner';

const base = {
  publicUrl: 'https://index.example.org',
  embedded: { version: '18.4', dataDir: '/srv/index/database' },
  hasAdministrator: false,
  hasRegistry: false,
};

test('the greeting says where it listens, on what it runs, and where the data lies', () => {
  const text = startupBanner(base);
  assert.match(text, /https:\/\/index\.example\.org/);
  assert.match(text, /embedded PostgreSQL 18\.4; the data lies in \/srv\/index\/database/);
  assert.match(startupBanner({ ...base, embedded: undefined }), /DATABASE_URL/);
});

test('what has been done already is not asked for again', () => {
  for (const hasAdministrator of [true, false]) {
    for (const hasRegistry of [true, false]) {
      const text = startupBanner({ ...base, hasAdministrator, hasRegistry });
      assert.equal(text.includes('admin create'), !hasAdministrator);
      assert.equal(text.includes('registry add'), !hasRegistry);
      assert.equal(text.includes('What to do next'), !hasAdministrator || !hasRegistry);
    }
  }
});
