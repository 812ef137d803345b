import assert from 'node:assert/strict';
import { afterEach, describe, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { inTurn, maxUnanswered } from './connection-queue';
import { closeStalledWrites } from './stalled-writes';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

describe('a connection', () => {
  let server: Server;
  const clients: Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function listen(handle: RequestListener): Promise<() => Promise<Socket>> {
    server = createServer(handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return async () => {
      const client = connect({ port, host: '127.0.0.1' });
      clients.push(client);
      client.on('error', () => undefined);
      await once(client, 'connect');
      return client;
    };
  }

  const bodies = (text: string): string[] =>
    [...text.matchAll(/\r\n\r\n(\/[^H]*)/g)].map(([, body]) => body!);
  async function readToEnd(client: Socket): Promise<string> {
    const chunks: Buffer[] = [];
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(client, 'close');
    return Buffer.concat(chunks).toString('latin1');
  }

  it('has one handler at a time, and its responses are in the order of the requests', async () => {
    let running = 0;
    let most = 0;
    const open: (() => void)[] = [];
    const connectClient = await listen(
      inTurn((request, response) => {
        running += 1;
        most = Math.max(most, running);
        open.push(() => {
          running -= 1;
          response.end(request.url);
        });
      }),
    );
    const client = await connectClient();
    client.write(get('/a') + get('/b') + get('/c').replace('Host', 'Connection: close\r\nHost'));
    const text = readToEnd(client);
    for (let answered = 0; answered < 3; answered += 1) {
      while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
      open.shift()!();
    }
    assert.deepEqual(bodies(await text), ['/a', '/b', '/c']);
    assert.equal(most, 1);
  });

  it('has its first 100 unanswered requests handled, in order', async () => {
    const connectClient = await listen(
      inTurn((request, response) => void setImmediate(() => response.end(request.url))),
    );
    const client = await connectClient();
    const requests = Array.from({ length: maxUnanswered }, (_, at) => get(`/${at}`));
    const end = requests.pop()!.replace('Host', 'Connection: close\r\nHost');
    client.write(requests.join('') + end);
    assert.deepEqual(
      bodies(await readToEnd(client)),
      Array.from({ length: maxUnanswered }, (_, at) => `/${at}`),
    );
  });

  it('is closed with more than 100 unanswered requests, and none but the first is handled', async () => {
    let handled = 0;
    const connectClient = await listen(
      inTurn((request, response) => {
        handled += 1;
        setImmediate(() => response.end(request.url));
      }),
    );
    const client = await connectClient();
    client.write(Array.from({ length: 1_500 }, (_, at) => get(`/${at}`)).join(''));
    await readToEnd(client);
    assert.equal(handled, 1);
  });

  it('takes any number of requests that wait for their responses', async () => {
    const connectClient = await listen(inTurn((request, response) => response.end(request.url)));
    const client = await connectClient();
    for (let at = 0; at < 3 * maxUnanswered; at += 1) {
      client.write(get(`/${at}`));
      const [data] = (await once(client, 'data')) as [Buffer];
      assert.deepEqual(bodies(data.toString()), [`/${at}`]);
    }
  });

  it('that is gone has no further request handled', async () => {
    const handled: string[] = [];
    let first: ServerResponse | undefined;
    const connectClient = await listen(
      inTurn((request, response) => {
        handled.push(request.url!);
        first ??= response;
      }),
    );
    const client = await connectClient();
    client.write(get('/a') + get('/b'));
    while (first === undefined) await new Promise((resolve) => setImmediate(resolve));
    const closed = once(first, 'close');
    client.destroy();
    await closed;
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(handled, ['/a']);
  });

  const large = Buffer.alloc(24_000_000, 'x');

  it('is closed when its peer reads nothing, even if the peer continues to send', async () => {
    const connectClient = await listen(inTurn((_, response) => response.end(large)));
    closeStalledWrites(server, 1_000, 100);
    const client = await connectClient();
    client.pause();
    const requested = once(server, 'request') as Promise<[{ socket: Socket }]>;
    // The header of a second request, which never ends.
    client.write(`${get('/a')}GET /b HTTP/1.1\r\nHost: x`);
    const [{ socket }] = await requested;
    const sending = setInterval(() => client.write('x'), 100);
    await once(socket, 'close');
    clearInterval(sending);
    assert.ok(socket.bytesWritten > 0, 'a response was in progress');
  });

  it('stays open while its peer reads slowly', async () => {
    const connectClient = await listen(inTurn((_, response) => response.end(large)));
    closeStalledWrites(server, 1_000, 100);
    const client = await connectClient();
    client.write(get('/a').replace('Host', 'Connection: close\r\nHost'));
    let size = 0;
    client.on('data', (chunk: Buffer) => {
      size += chunk.length;
      client.pause();
      setTimeout(() => client.resume(), 8);
    });
    const start = performance.now();
    await once(client, 'close');
    assert.ok(size > large.length, `${size} bytes`);
    assert.ok(performance.now() - start > 2_000, 'the test reads slowly');
  });
});
