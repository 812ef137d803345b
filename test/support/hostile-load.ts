import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** Requests that one client sends again and again over a few connections. */
export interface HostileLoad {
  readonly name: string;
  readonly connections: number;
  /** What is sent on a connection at its start, and again after each response that is read. */
  readonly bytes: string;
  /** False for a client that takes no byte of any response. */
  readonly reads: boolean;
}

const head = (method: string, path: string, lines: readonly string[] = []): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: index.example', ...lines, '', ''].join('\r\n');
const post = (path: string, type: string, body: string): string =>
  head('POST', path, [`Content-Type: ${type}`, `Content-Length: ${body.length}`]) + body;
const form = (fields: number): string =>
  post(
    '/token',
    'application/x-www-form-urlencoded',
    Array.from({ length: fields }, (_, at) => `f${at}`).join('&'),
  );
const json = (body: string): string => post('/api/v1/users', 'application/json', body);

/** Loads that each occupied a process for seconds, or took hundreds of megabytes, with a small number of requests. */
export const hostileLoads: readonly HostileLoad[] = [
  { name: 'a form of 44,000 fields', connections: 4, reads: true, bytes: form(44_000) },
  { name: 'a form of 2,500 fields', connections: 4, reads: true, bytes: form(2_500) },
  {
    name: 'JSON nested 100,000 levels deep',
    connections: 4,
    reads: true,
    bytes: json(`{"username":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  },
  {
    name: 'JSON of 15,000 unknown fields',
    connections: 4,
    reads: true,
    bytes: json(`{${Array.from({ length: 15_000 }, (_, at) => `"field${at}":1`).join(',')}}`),
  },
  {
    name: 'a body of 200,000 chunks of one byte',
    connections: 4,
    reads: true,
    bytes:
      head('POST', '/api/v1/users', ['Content-Type: application/json', 'Transfer-Encoding: chunked']) +
      '1\r\n1\r\n'.repeat(200_000) +
      '0\r\n\r\n',
  },
  {
    name: '1,000 header lines',
    connections: 4,
    reads: true,
    bytes: head(
      'GET',
      '/healthz',
      Array.from({ length: 1_000 }, (_, at) => `X-${at}: ${at}`),
    ),
  },
  {
    name: '1,500 pipelined searches',
    connections: 2,
    reads: true,
    bytes: head('GET', '/api/v1/search?q=app').repeat(1_500),
  },
  {
    name: '300 pipelined requests for a file of 1.4 MB, never read',
    connections: 8,
    reads: false,
    bytes: head('GET', '/api/docs/assets/swagger-ui-bundle.js').repeat(300),
  },
];

/** How a process responds to others during a load. */
export interface LoadResult {
  /** Milliseconds of each `GET /readyz`, one every 50 ms. */
  readonly readyMs: readonly number[];
  /** How far its resident memory grew beyond what it had before, in megabytes. */
  readonly growthMb: number;
}

/** Sends a load for some time, and measures the process with that id meanwhile. Linux only. */
export async function measureLoad(
  url: string,
  pid: number,
  load: HostileLoad,
  seconds: number,
): Promise<LoadResult> {
  const stopped = new AbortController();
  const before = residentMb(pid);
  const clients = Array.from({ length: load.connections }, () => sendUntil(url, load, stopped.signal));
  const readyMs: number[] = [];
  let peak = before;
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    const start = performance.now();
    const response = await fetch(`${url}/readyz`);
    if (response.status !== 200) throw new Error(`/readyz: ${response.status}`);
    await response.arrayBuffer();
    readyMs.push(performance.now() - start);
    peak = Math.max(peak, residentMb(pid));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stopped.abort();
  await Promise.all(clients);
  return { readyMs, growthMb: peak - before };
}

// Connects again whenever the server closes the connection.
async function sendUntil(url: string, load: HostileLoad, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const stop = (): Socket => socket.destroy();
    signal.addEventListener('abort', stop);
    socket.on('error', () => undefined);
    if (load.reads) socket.on('data', () => socket.writableLength === 0 && socket.write(load.bytes));
    else socket.pause();
    socket.write(load.bytes);
    await new Promise((resolve) => socket.once('close', resolve));
    signal.removeEventListener('abort', stop);
  }
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
