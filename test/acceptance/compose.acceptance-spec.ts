import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from '@jest/globals';
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

  it('requires each secret to be set', async () => {
    for (const missing of secrets) {
      assert.match(refused(await config(secrets.filter((secret) => secret !== missing))), missing.message);
    }
  });
});
