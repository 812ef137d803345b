import assert from 'node:assert/strict';
import { Browser } from './browser';
import type { HttpResponse } from './client';
import type { IndexUnderTest } from './index-under-test';
import { createAdministrator } from './users';

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** Asserts that a response is a page: one main, one heading of the first level, and no id that occurs twice. */
export function assertPage({ status, headers, text }: HttpResponse, expected = 200): void {
  assert.equal(status, expected, text);
  assert.match(headers['content-type']!, /^text\/html/);
  assert.equal(count(text, /<main\b/g), 1);
  assert.equal(count(text, /<h1\b/g), 1);
  assert.match(text, /<title>[^<]+ · Central Index<\/title>/);
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
  assert.deepEqual([...new Set(ids)], ids, 'an id occurs twice');
}

/** Signs an account up by the form. Returns its browser. */
export async function signUpInBrowser(index: IndexUnderTest, username: string): Promise<Browser> {
  const browser = new Browser(index.url);
  const person = { username, email: `${username}@example.org`, password: `a long password of ${username}` };
  assert.equal((await browser.submit('/signup', '/signup', person)).status, 303);
  return browser;
}

/** Creates an administrator, who signs in by the form. Returns the browser. */
export async function administratorInBrowser(
  index: IndexUnderTest,
  username: string,
  headers?: Record<string, string>,
): Promise<Browser> {
  await createAdministrator(index, username);
  const browser = new Browser(index.url, headers);
  const credentials = { username, password: `a long password of ${username}` };
  assert.equal((await browser.submit('/login', '/login', credentials)).status, 303);
  return browser;
}
