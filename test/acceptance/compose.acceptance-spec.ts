import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from '@jest/globals';
import { parse } from 'yaml';
import { environmentIn, packageFolder, temporaryFolder } from './support/environment';
import { refused, run, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { composeProgram, pathOf } from './support/programs';

/** The secrets that must be set, and the error when one is missing. */
const secrets = [
  { name: 'POSTGRES_PASSWORD', value: 'a1b2c3', message: /set a password for the database/ },
  { name: 'SECRET_KEY', value: 'd4e5f6', message: /set a random key/ },
];

describeWithReal('docker-compose.yml', [composeProgram()], () => {
  const config = (secretsGiven: typeof secrets, ...args: string[]) => {
    const home = temporaryFolder();
    // An .env file of the developer must not supply the missing secret.
    writeFileSync(join(home, 'empty'), '');
    const options = ['--env-file', join(home, 'empty'), '--file', join(packageFolder, 'docker-compose.yml')];
    const env = environmentIn(home, Object.fromEntries(secretsGiven.map(({ name, value }) => [name, value])));
    return run(pathOf(composeProgram()), [...options, 'config', ...args], { env });
  };

  it('is valid, and contains every role and engine', async () => {
    const { stdout } = succeeded(await config(secrets, '--services'));
    const services = stdout.split('\n').filter((line) => line !== '');
    for (const service of ['server', 'worker', 'migrate', 'postgres', 'registry']) {
      assert.ok(services.includes(service), service);
    }
  });

  it('passes the settings of .env to the index', async () => {
    const home = temporaryFolder();
    const values = { SIGN_UP: 'closed', TOKEN_TTL: '77', HOST: '127.0.0.2', PORT: '9090', MEILI_KEY: 'k' };
    const given = secrets.map(({ name, value }) => `${name}=${value}`);
    const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`);
    writeFileSync(join(home, 'env'), [...given, ...lines].join('\n'));
    const options = ['--env-file', join(home, 'env'), '--file', join(packageFolder, 'docker-compose.yml')];
    const outcome = await run(pathOf(composeProgram()), [...options, 'config'], { env: environmentIn(home) });
    const { services } = parse(succeeded(outcome).stdout) as {
      services: Record<string, { environment: Record<string, string | null>; ports: unknown[] }>;
    };
    const { environment, ports } = services.server!;
    const { HOST: _, ...others } = values;
    for (const [name, value] of Object.entries(others)) assert.equal(environment[name], value, name);
    assert.equal(environment.HOST, '0.0.0.0');
    assert.match(JSON.stringify(ports), /127\.0\.0\.2.*9090.*9090/);
    assert.equal(environment.SERVER_PROCESSES ?? null, null, 'what is not set keeps its default');
  });

  it('requires each secret to be set', async () => {
    for (const missing of secrets) {
      assert.match(refused(await config(secrets.filter((secret) => secret !== missing))), missing.message);
    }
  });
});
