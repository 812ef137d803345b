import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError, type FieldError } from '@central-index/platform/errors';
import { endpointsOf, validateRegistry, type NewRegistry } from './registry';

const invalidFields = (input: Partial<NewRegistry>): string[] => {
  try {
    validateRegistry({ name: 'main', url: 'http://localhost:5000', ...input });
    return [];
  } catch (error) {
    assert.ok(error instanceof DomainError && error.status === 400);
    return (error.publicDetail as FieldError[]).map(({ field }) => field);
  }
};

describe('a new registry', () => {
  it('needs a name and a URL; the other values have defaults', () => {
    assert.deepEqual(validateRegistry({ name: 'main', url: 'http://LOCALHOST:5000/' }), {
      name: 'main',
      url: 'http://localhost:5000',
      host: 'localhost:5000',
      hookUrl: null,
      service: 'main',
      kind: 'distribution2',
      tokenTtl: null,
      tokenAlgorithm: 'ES256',
    });
  });

  it('has every value that is given', () => {
    const given = {
      name: 'eu-west-1',
      url: 'https://10.0.0.7',
      host: 'Registry.Example.org',
      hookUrl: 'http://10.0.0.1:8080',
      service: 'Registry.example.org/EU',
      kind: 'zot',
      tokenTtl: 600,
      tokenAlgorithm: 'RS256',
    } as const;
    assert.deepEqual(validateRegistry(given), { ...given, host: 'registry.example.org' });
  });

  it('has several hosts if it speaks v1', () => {
    const hosts = 'a.example:5000,b.example';
    const { host } = validateRegistry({ name: 'old', url: 'http://localhost', kind: 'v1', host: hosts });
    assert.deepEqual(endpointsOf({ host }), ['a.example:5000', 'b.example']);
  });

  const wrong: [string, Partial<NewRegistry>, string][] = [
    ['no name', { name: '' }, 'name'],
    ['upper case', { name: 'Main', service: 'm' }, 'name'],
    ['a slash', { name: 'a/b' }, 'name'],
    ['a dash in front', { name: '-a', service: 'a' }, 'name'],
    ['65 letters', { name: 'a'.repeat(65) }, 'name'],
    ['no scheme', { url: 'localhost:5000' }, 'url'],
    ['another scheme', { url: 'ftp://localhost' }, 'url'],
    ['a path', { url: 'http://localhost/registry' }, 'url'],
    ['a query', { url: 'http://localhost/?a' }, 'url'],
    ['credentials', { url: 'http://a:b@localhost' }, 'url'],
    ['a hook URL with a path', { hookUrl: 'http://localhost/hooks' }, 'hook_url'],
    ['a host with a scheme', { host: 'http://localhost' }, 'host'],
    ['a host with a path', { host: 'localhost/a' }, 'host'],
    ['an empty host', { host: '' }, 'host'],
    ['several hosts of a registry that is no v1', { host: 'a.example,b.example' }, 'host'],
    ['an empty host of several', { host: 'a.example,', kind: 'v1' }, 'host'],
    ["the index's own service", { service: 'central-index' }, 'service'],
    ['the same as its name', { name: 'central-index' }, 'service'],
    ['a quote in the service', { service: 'a"b' }, 'service'],
    ['a line break in the service', { service: 'a\nb' }, 'service'],
    ['a token too short', { tokenTtl: 59 }, 'token_ttl'],
    ['a token too long', { tokenTtl: 3601 }, 'token_ttl'],
    ['a fraction of a second', { tokenTtl: 60.5 }, 'token_ttl'],
  ];
  for (const [what, input, field] of wrong) {
    it(`with ${what} is rejected`, () => assert.ok(invalidFields(input).includes(field)));
  }

  it('is rejected with all invalid fields in one error', () => {
    assert.deepEqual(invalidFields({ name: 'Ä', url: 'x', tokenTtl: 1 }), [
      'name',
      'url',
      'service',
      'token_ttl',
    ]);
  });
});
