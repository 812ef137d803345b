import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { IndexUnderTest } from '../support/index-under-test';
import { routesOf, type Route } from '../support/routes';
import { otherRoutes, pages } from '../support/pages/page-list';

describe('routes', () => {
  let index: IndexUnderTest;
  let routes: Route[];
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    routes = routesOf(index);
  });
  afterAll(() => index.stop());

  it('each have an access rule', () => {
    assert.ok(routes.length > 5);
    assert.deepEqual(
      routes.filter(({ rule }) => rule === undefined).map(({ name }) => name),
      [],
    );
  });

  it('require a sign-in under /api/v1/user and an administrator under /api/v1/admin and /admin', () => {
    const wrong = routes
      .filter(({ paths }) => paths.some((path) => path.startsWith('/api/v1/admin')))
      .filter(({ rule }) => rule !== 'administrator');
    assert.deepEqual(wrong, []);
    const openPages = routes
      .filter(({ paths }) => paths.some((path) => /^\/admin(\/|$)/.test(path)))
      .filter(({ rule }) => rule !== 'administrator-page');
    assert.deepEqual(openPages, []);
    const userRoutes = routes.filter(({ paths }) =>
      paths.some((path) => /^\/api\/v1\/user(\/|$)/.test(path)),
    );
    const tooOpen = userRoutes.filter(
      ({ rule, name }) =>
        rule !== 'sign-in' && !(rule === 'account' && /\.(show|read|me|get)\w*$/i.test(name)),
    );
    assert.deepEqual(tooOpen, []);
  });

  it('of pages are all in the list that the checks of pages read', () => {
    const found = routes
      .filter(({ module, method }) => module === 'WebModule' && method === 'GET')
      .flatMap(({ paths }) => paths);
    const listed = new Set([...pages.map(({ route }) => route), ...otherRoutes]);
    assert.ok(found.length > 20);
    assert.deepEqual([...new Set(found)].sort(), [...listed].sort());
  });
});
