import { RequestMethod } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ACCESS_RULE } from '../../apps/server/src/access/access.decorator';
import type { IndexUnderTest } from './index-under-test';

/** A route of a controller: what it is called, who may use it, and its paths, of which it may have several. */
export interface Route {
  readonly name: string;
  /** The module of its controller. */
  readonly module: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Undefined if it lacks an access rule. */
  readonly rule: string | undefined;
  readonly paths: readonly string[];
}

/** All routes of the server. */
export function routesOf({ app }: IndexUnderTest): Route[] {
  const scanner = new MetadataScanner();
  return [...app.get(ModulesContainer, { strict: false }).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ instance, metatype }) => {
      const prototype = Object.getPrototypeOf(instance) as object;
      const controller = metatype as unknown as { readonly name: string };
      return scanner
        .getAllMethodNames(prototype)
        .map((method) => ({ method, handler: Reflect.get(prototype, method) as object }))
        .filter(({ handler }) => Reflect.hasMetadata('path', handler))
        .map(({ method, handler }) => ({
          name: `${controller.name}.${method}`,
          module: module.name,
          method: RequestMethod[Reflect.getMetadata('method', handler) as number] as Route['method'],
          rule: (Reflect.getMetadata(ACCESS_RULE, handler) ??
            Reflect.getMetadata(ACCESS_RULE, controller)) as string | undefined,
          paths: pathsOf(controller).flatMap((base) => pathsOf(handler).map((path) => joined(base, path))),
        }));
    }),
  );
}

const pathsOf = (target: object): string[] =>
  [Reflect.getMetadata('path', target) as string | string[] | undefined].flat().map((path) => path ?? '');

const joined = (base: string, path: string): string =>
  `/${base}/${path}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
