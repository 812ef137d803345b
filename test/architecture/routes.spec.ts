import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ACCESS_RULE } from '../../apps/server/src/access/access.decorator';
import { IndexUnderTest } from '../support/index-under-test';

const pathOf = (target: object): string[] =>
  [Reflect.getMetadata('path', target) as string | string[] | undefined].flat().map(String);

describe('routes', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  interface Route {
    name: string;
    rule: string | undefined;
    paths: string[];
  }

  function routes(): Route[] {
    const scanner = new MetadataScanner();
    const modules = [...index.app.get(ModulesContainer, { strict: false }).values()];
    return modules
      .flatMap((module) => [...module.controllers.values()])
      .flatMap(({ instance, metatype }) => {
        const prototype = Object.getPrototypeOf(instance) as object;
        return scanner
          .getAllMethodNames(prototype)
          .map((method) => ({ method, handler: Reflect.get(prototype, method) as object }))
          .filter(({ handler }) => Reflect.hasMetadata('path', handler))
          .map(({ method, handler }) => ({
            name: `${(metatype as { name: string }).name}.${method}`,
            rule: (Reflect.getMetadata(ACCESS_RULE, handler) ??
              Reflect.getMetadata(ACCESS_RULE, metatype as object)) as string | undefined,
            paths: pathOf(metatype as object).flatMap((base) =>
              pathOf(handler).map((path) => `/${base}/${path}`.replace(/\/{2,}/g, '/')),
            ),
          }));
      });
  }

  it('each have an access rule', () => {
    const found = routes();
    assert.ok(found.length > 5);
    assert.deepEqual(
      found.filter(({ rule }) => rule === undefined).map(({ name }) => name),
      [],
    );
  });

  it('require a sign-in under /api/v1/user and an administrator under /api/v1/admin and /admin', () => {
    const wrong = routes()
      .filter(({ paths }) => paths.some((path) => path.startsWith('/api/v1/admin')))
      .filter(({ rule }) => rule !== 'administrator');
    assert.deepEqual(wrong, []);
    const openPages = routes()
      .filter(({ paths }) => paths.some((path) => /^\/admin(\/|$)/.test(path)))
      .filter(({ rule }) => rule !== 'administrator-page');
    assert.deepEqual(openPages, []);
    const userRoutes = routes().filter(({ paths }) =>
      paths.some((path) => /^\/api\/v1\/user(\/|$)/.test(path)),
    );
    const tooOpen = userRoutes.filter(
      ({ rule, name }) =>
        rule !== 'sign-in' && !(rule === 'account' && /\.(show|read|me|get)\w*$/i.test(name)),
    );
    assert.deepEqual(tooOpen, []);
  });
});
