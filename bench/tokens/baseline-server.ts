import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import cluster from 'node:cluster';
import { createServer } from 'node:http';

// The baseline for token benchmarks: two Node processes that only sign ES256 tokens of the product's size and send them
// (`sign`), or always send the same one (`constant`). Arguments: port and kind.

const [, , port, kind] = process.argv;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
// As long as the certificate in a real token.
const leaf = randomBytes(438).toString('base64');
const header = encode({ typ: 'JWT', alg: 'ES256', kid: randomBytes(32).toString('base64url'), x5c: [leaf] });

function tokenResponse(): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'central-index-0123456789abcdef',
    sub: '',
    aud: 'main',
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: randomBytes(16).toString('base64url'),
    access: [{ type: 'repository', name: 'person12345/app1', actions: ['pull'] }],
  };
  const signingInput = `${header}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signingInput), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const token = `${signingInput}.${signature.toString('base64url')}`;
  return JSON.stringify({
    token,
    access_token: token,
    expires_in: 300,
    issued_at: new Date(now * 1000).toISOString(),
  });
}

if (cluster.isPrimary) {
  for (let n = 0; n < 2; n += 1) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  const constant = tokenResponse();
  createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(kind === 'sign' ? tokenResponse() : constant);
  }).listen(Number(port), '127.0.0.1');
}
