import { defineError } from '@central-index/platform/errors';
import { createServer } from 'node:net';

/** The address to listen on cannot be had. */
export const cannotListen = defineError({
  code: 'CANNOT_LISTEN',
  status: 500,
  description: 'The address of HOST and PORT cannot be listened on.',
  message: (host: string, port: number, code: string) =>
    `cannot listen on ${host}:${port}: ${reasons[code] ?? code}; choose another one by HOST and PORT`,
});

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another program',
  EACCES: 'this account may not use that port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

/** Refuses early and clearly when the address is taken, before anything has been started. */
export function requireFreePort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(cannotListen(host, port, error.code ?? error.message)),
    );
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}
