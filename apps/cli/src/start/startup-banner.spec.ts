import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startupBanner } from './startup-banner';

const base = {
  publicUrl: 'https://index.example.org',
  embedded: { version: '18.4', dataDir: '/srv/index/database' },
  hasAdministrator: false,
  hasRegistry: false,
};

test('the banner shows the address, the database, and the folder of the data', () => {
  const text = startupBanner(base);
  assert.match(text, /https:\/\/index\.example\.org/);
  assert.match(text, /embedded PostgreSQL 18\.4; its data is in \/srv\/index\/database/);
  assert.match(startupBanner({ ...base, embedded: undefined }), /DATABASE_URL/);
});

test('only the missing steps of the setup are shown', () => {
  for (const hasAdministrator of [true, false]) {
    for (const hasRegistry of [true, false]) {
      const text = startupBanner({ ...base, hasAdministrator, hasRegistry });
      assert.equal(text.includes('admin create'), !hasAdministrator);
      assert.equal(text.includes('registry add'), !hasRegistry);
      assert.equal(text.includes('Next steps'), !hasAdministrator || !hasRegistry);
    }
  }
});
