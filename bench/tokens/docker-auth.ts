import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn, freePort } from '../../test/acceptance/support/environment';
import { BackgroundProcess } from '../../test/acceptance/support/processes';
import { password } from './population';
import { runWrk, type WrkResult } from './wrk';

// bcrypt of `password`, at the cost of docker_auth's own examples.
const hash = '$2b$05$nkxkO.OStDvLsVW4vq8mzujypOTwoYySevx.bPd8FYaaoOCEJ88Ra';

/**
 * Measures docker_auth, a token server whose passwords are bcrypt hashes of cost 5: pushes with the passwords of
 * `accounts` accounts. Undefined unless DOCKER_AUTH_BIN names its program.
 */
export async function measureDockerAuth(
  parent: string,
  accounts: number,
  seconds: number,
): Promise<WrkResult | undefined> {
  const program = process.env.DOCKER_AUTH_BIN;
  if (program === undefined) return undefined;
  const folder = join(parent, 'docker_auth');
  mkdirSync(folder);
  const [key, certificate, settings] = ['key.pem', 'certificate.pem', 'settings.yml'].map((name) =>
    join(folder, name),
  );
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync(
    'openssl',
    [...request, '-keyout', key!, '-out', certificate!, '-subj', '/CN=bench', '-days', '2'],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  const names = Array.from({ length: accounts }, (_, n) => `person${n + 1}`);
  writeFileSync(
    settings!,
    JSON.stringify({
      server: { addr: `127.0.0.1:${port}` },
      token: { issuer: 'bench', expiration: 300, certificate, key },
      users: Object.fromEntries(names.map((name) => [name, { password: hash }])),
      acl: [{ match: { account: '/.+/', name: '${account}/*' }, actions: ['*'] }],
    }),
  );
  const server = new BackgroundProcess('docker_auth', program, ['--logtostderr=false', settings!], {
    env: environmentIn(folder),
    log: join(folder, 'docker_auth.log'),
  });
  const requests = names.map((name) => ({
    path: `/auth?scope=repository%3A${name}%2Fapp3%3Apull%2Cpush&service=main`,
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  }));
  const url = `http://127.0.0.1:${port}`;
  await server.ready(async () => (await fetch(url)).status > 0);
  try {
    const { authorization = '', path } = requests[0]!;
    const response = await fetch(url + path, { headers: { authorization } });
    if (!response.ok) throw new Error(`docker_auth: ${response.status} ${await response.text()}`);
    return await runWrk(url, folder, requests, { seconds });
  } finally {
    await server.stop();
  }
}
