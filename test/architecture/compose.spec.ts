import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { packageRoot } from '@central-index/platform/config';
import { parse } from 'yaml';

interface Service {
  readonly environment: Readonly<Record<string, string | null>>;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

/** Variables whose value in the container is not that of .env, and why. */
const fixed: Readonly<Record<string, string>> = {
  HOST: 'the container listens on all its addresses; the port is published at HOST',
};

describe('docker-compose.yml', () => {
  const text = readFileSync(join(packageRoot, 'docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Readonly<Record<string, Service>> };
  const example = readFileSync(join(packageRoot, '.env.example'), 'utf8');
  const variables = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);

  it('passes every variable of .env.example to the roles of the index', () => {
    assert.ok(variables.length > 15);
    for (const role of ['server', 'worker', 'migrate']) {
      const { environment } = services[role]!;
      const ignored = variables.filter((name) => {
        const value = environment[name];
        return value !== null && !value?.startsWith(`\${${name}:`) && fixed[name] === undefined;
      });
      assert.deepEqual(ignored, [], `${role}: add these to x-index as "NAME:"`);
    }
    assert.match(services.server!.ports![0]!, /^\$\{HOST:-127\.0\.0\.1\}:\$\{PORT:-8080\}:\$\{PORT:-8080\}$/);
  });

  it('passes nothing that .env.example does not list', () => {
    const unknown = Object.keys(services.server!.environment).filter((name) => !variables.includes(name));
    assert.deepEqual(unknown, ['PGPASSWORD']);
  });

  it('gives no service more rights than it needs, and each the time to stop', () => {
    for (const [name, service] of Object.entries(services)) {
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      assert.match(service.stop_grace_period ?? '', /^(30s|1m)$/, name);
    }
  });

  it('checks the health of server, worker and database', () => {
    for (const role of ['server', 'worker']) {
      assert.deepEqual(services[role]!.healthcheck?.test, ['CMD', 'node', 'bin/health.js', role]);
    }
    assert.deepEqual(services.postgres!.healthcheck?.test?.slice(0, 2), ['CMD', 'pg_isready']);
    assert.equal(services.migrate!.healthcheck?.disable, true, 'it has nothing to check');
  });
});
