import { defineError } from '@central-index/platform/errors';
import { createServer } from 'node:net';

/** The server cannot listen on HOST and PORT. */
export const cannotListen = defineError({
  code: 'CANNOT_LISTEN',
  status: 500,
  description: 'The server cannot listen on HOST and PORT.',
  message: (host: string, port: number, code: string) =>
    `cannot listen on ${host}:${port}: ${reasons[code] ?? code}; set HOST or PORT to another address`,
});

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another program',
  EACCES: 'this user may not use the port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name is unknown',
};

/** Throws CANNOT_LISTEN before anything is started, if the address is in use or not available. */
export function requireFreePort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(cannotListen(host, port, error.code ?? error.message)),
    );
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}
