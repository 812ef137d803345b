import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { parse } from 'yaml';
import { fragmentFor, fullConfigurationFor } from './configuration-fragment';
import type { Registry, RegistryKind } from './registry';

const registry = (kind: RegistryKind, hookUrl: string | null = null): Registry => ({
  id: '1',
  name: 'main',
  url: 'http://localhost:5000',
  host: 'localhost:5000',
  hookUrl,
  service: 'registry: "odd"',
  kind,
  tokenTtl: null,
  tokenAlgorithm: 'ES256',
  createdAt: new Date(0),
});
const options = {
  publicUrl: 'https://index.example.org',
  issuer: 'index-1',
  secret: 'ci_hook_x',
  certificatePath: '/etc/a folder/part.yml.ca.pem',
};

describe('the configuration fragment', () => {
  for (const kind of ['distribution2', 'distribution3'] as const) {
    it(`for ${kind} holds auth and notifications only, and can be appended`, () => {
      const text = fragmentFor(registry(kind), options);
      assert.doesNotMatch(text, /^---/m);
      const whole = parse(`version: 0.1\nhttp: { addr: ":5000" }\n${text}`) as Record<string, unknown>;
      assert.deepEqual(Object.keys(whole), ['version', 'http', 'auth', 'notifications']);
      assert.deepEqual(whole.auth, {
        token: {
          realm: 'https://index.example.org/token',
          service: 'registry: "odd"',
          issuer: 'index-1',
          rootcertbundle: '/etc/a folder/part.yml.ca.pem',
        },
      });
      const [endpoint] = (whole.notifications as { endpoints: Record<string, unknown>[] }).endpoints;
      assert.equal(endpoint!.url, 'https://index.example.org/hooks/registry/main');
      assert.deepEqual(endpoint!.headers, { Authorization: ['Bearer ci_hook_x'] });
      assert.deepEqual(endpoint!.ignore, { mediatypes: ['application/octet-stream'] });
    });
  }

  it('names the URL to which the registry sends notifications', () => {
    assert.match(
      fragmentFor(registry('distribution3', 'http://10.0.0.1:8080'), options),
      /10\.0\.0\.1:8080\/hooks/,
    );
  });

  it('for zot is JSON with the same realm, for v1 two settings', () => {
    assert.deepEqual(JSON.parse(fragmentFor(registry('zot'), options)), {
      http: {
        auth: {
          bearer: {
            realm: 'https://index.example.org/token',
            service: 'registry: "odd"',
            cert: '/etc/a folder/part.yml.ca.pem',
          },
        },
        compat: ['docker2s2'],
      },
      storage: { dedupe: false },
      extensions: {
        events: {
          enable: true,
          sinks: [
            {
              type: 'http',
              address: 'https://index.example.org/hooks/registry/main',
              timeout: '3s',
              credentials: { username: 'main', password: 'ci_hook_x' },
            },
          ],
        },
      },
    });
    assert.deepEqual(parse(fragmentFor(registry('v1'), options)), {
      standalone: false,
      index_endpoint: 'https://index.example.org',
    });
  });

  it('is part of a whole configuration, which has a port, a folder and a log besides', () => {
    type Sections = Record<string, Record<string, unknown>>;
    for (const kind of ['distribution2', 'distribution3', 'zot'] as const) {
      const fragment = parse(fragmentFor(registry(kind), options)) as Sections;
      const whole = parse(fullConfigurationFor(registry(kind), options)) as Sections;
      for (const [section, settings] of Object.entries(fragment)) {
        for (const [key, value] of Object.entries(settings)) assert.deepEqual(whole[section]![key], value);
      }
    }
    const { version, http, storage } = parse(
      fullConfigurationFor(registry('distribution3'), options),
    ) as Sections;
    assert.deepEqual(
      { version, http, storage },
      {
        version: 0.1,
        http: { addr: ':5000' },
        storage: { filesystem: { rootdirectory: '/var/lib/registry' }, delete: { enabled: true } },
      },
    );
    const zot = JSON.parse(fullConfigurationFor(registry('zot'), options)) as Sections;
    assert.deepEqual(Object.keys(zot), ['distSpecVersion', 'storage', 'http', 'log', 'extensions']);
    assert.deepEqual(zot.storage, { rootDirectory: '/var/lib/zot', dedupe: false });
    assert.deepEqual([zot.http!.address, zot.http!.port], ['0.0.0.0', '5000']);
    assert.equal(fullConfigurationFor(registry('v1'), options), fragmentFor(registry('v1'), options));
  });

  it('has the usual port when the URL names none', () => {
    const proxied = { ...registry('distribution3'), url: 'https://registry.example.org' };
    assert.match(fullConfigurationFor(proxied, options), /addr: :5000/);
  });
});
