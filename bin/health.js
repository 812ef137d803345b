'use strict';
// The health check of a container: `node bin/health.js [server|worker]`; without an argument, the role that the container
// was started with. A server must answer /healthz, a worker must have renewed WORKER_HEALTH_FILE. It loads nothing of the
// product, because it runs every few seconds.

const { readFileSync, statSync } = require('node:fs');

const timeoutMs = 4_000;
// The worker renews the file every 5 s.
const staleAfterMs = 30_000;

function rolesOf(command) {
  if (command === 'start') return ['server', 'worker'];
  return command === 'server' || command === 'worker' ? [command] : [];
}

// The first process is the product, or an init whose arguments end with it.
function commandOfContainer() {
  const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
  return words[words.findIndex((word) => /(^|\/)central-index(\.js)?$/.test(word)) + 1];
}

async function checkServer() {
  const { HOST: host = '127.0.0.1', PORT: port } = process.env;
  const name = ['', '0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const origin = `http://${name.includes(':') ? `[${name}]` : name}:${port || 8080}`;
  const { status } = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
  if (status !== 200) throw new Error(`/healthz answered ${status}`);
}

function checkWorker() {
  const file = process.env.WORKER_HEALTH_FILE;
  if (!file) throw new Error('WORKER_HEALTH_FILE is not set');
  const age = Date.now() - statSync(file).mtimeMs;
  if (age > staleAfterMs) throw new Error(`the worker was last active ${Math.round(age / 1000)} s ago`);
}

async function main() {
  for (const role of rolesOf(process.argv[2] ?? commandOfContainer())) {
    await (role === 'server' ? checkServer() : checkWorker());
  }
}

main().catch((error) => {
  process.stderr.write(`unhealthy: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
});
