import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { readTarget } from './v1-target';

const read = (method: 'GET' | 'PUT' | 'DELETE', path: string): string => {
  try {
    const { name, part, imageId } = readTarget(method, `/v1/repositories/${path}`);
    return [part, name.path, imageId].filter(Boolean).join(' ');
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const [absent, invalid] = ['NOT_FOUND', 'VALIDATION_FAILED'];

describe('paths of the v1 protocol', () => {
  it.each([
    ['PUT', 'foo', 'repository library/foo'],
    ['PUT', 'foo/', 'repository library/foo'],
    ['PUT', 'alice/app', 'repository alice/app'],
    ['PUT', 'alice/app/', 'repository alice/app'],
    ['PUT', 'library/foo/', 'repository library/foo'],
    ['PUT', 'alice/images', 'images library/alice'],
    ['PUT', 'alice/images/', 'repository alice/images'],
    ['PUT', 'alice/auth', 'auth library/alice'],
    ['PUT', 'alice/auth/', 'repository alice/auth'],
    ['PUT', 'alice/tags', 'repository alice/tags'],
    ['PUT', 'alice/app/images', 'images alice/app'],
    ['PUT', 'alice/app/images/', 'images alice/app'],
    ['PUT', 'alice/images/images', 'images alice/images'],
    ['PUT', 'alice/app/auth/', 'auth alice/app'],
    ['DELETE', 'alice/app/', 'repository alice/app'],
    ['DELETE', 'foo', 'repository library/foo'],
    ['DELETE', 'alice/images', 'images library/alice'],
    ['DELETE', 'alice/images/', 'repository alice/images'],
    ['DELETE', 'alice/app/images', 'images alice/app'],
    ['GET', 'foo/images', 'images library/foo'],
    ['GET', 'foo/images/', 'images library/foo'],
    ['GET', 'alice/app/images', 'images alice/app'],
    ['GET', 'alice/app/images/', 'images alice/app'],
    ['GET', 'foo/tags', 'tags library/foo'],
    ['GET', 'alice/app/tags/', 'tags alice/app'],
    ['GET', 'alice/app/layer/ab/access', 'layer alice/app ab'],
    ['GET', 'foo/layer/ab/access/', 'layer library/foo ab'],
    ['GET', 'foo', absent],
    ['GET', 'alice/app', absent],
    ['GET', 'alice/app/auth', absent],
    ['PUT', 'alice/app/tags', absent],
    ['PUT', 'alice/app/layer/ab/access', absent],
    ['DELETE', 'alice/app/auth', absent],
    ['GET', 'alice/app/layer/ab/other', absent],
    ['GET', 'a/b/c/layer/ab/access', absent],
    ['PUT', '', invalid],
    ['PUT', '/', invalid],
    ['PUT', 'alice//', invalid],
    ['PUT', 'alice//images', invalid],
    ['PUT', 'alice%2Fapp', invalid],
    ['PUT', 'alice%2Fapp/images', invalid],
    ['PUT', '%61lice/app', invalid],
    ['GET', 'alice/%61pp/images', invalid],
    ['PUT', 'Alice/app', invalid],
    ['PUT', 'alice/..', invalid],
    ['PUT', 'alice/a;x=1', invalid],
    ['PUT', 'alice/__proto__', invalid],
  ] as const)('%s %s is %s', (method, path, expected) => assert.equal(read(method, path), expected));
});
