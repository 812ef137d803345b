import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { failureOf, MeilisearchFailure } from './failure';

// Meilisearch closes connections that were idle for five seconds; a request sent at that moment would fail.
const agentOptions = { keepAlive: true, timeout: 4_000 };
const agents = { plain: new PlainAgent(agentOptions), secure: new SecureAgent(agentOptions) };

/**
 * HTTP client for the package that does without `fetch`, which takes as much processor time as the rest of a search.
 * Returns the parsed body, undefined if it is empty. Follows no redirect, and throws MeilisearchFailure only.
 */
export async function requestJson(...[to, init]: Parameters<typeof fetch>): Promise<unknown> {
  const url = to instanceof URL ? to : new URL(typeof to === 'string' ? to : to.url);
  const { status, text } = await send(url, init ?? {});
  const body = parse(text) as { code?: string; message?: string } | undefined;
  if (status >= 400) throw failureOf(status, body?.code, body?.message ?? '');
  if (status >= 300) throw new MeilisearchFailure('unreachable');
  return body;
}

function send(url: URL, init: RequestInit): Promise<{ status: number; text: string }> {
  const isSecure = url.protocol === 'https:';
  const body = typeof init.body === 'string' ? init.body : '';
  const headers = {
    ...Object.fromEntries(new Headers(init.headers)),
    'content-length': Buffer.byteLength(body),
  };
  const options = { method: init.method, headers, agent: isSecure ? agents.secure : agents.plain };
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new MeilisearchFailure(init.signal?.aborted ? 'timeout' : 'unreachable'));
    const request = (isSecure ? secureRequest : plainRequest)(url, {
      ...options,
      signal: init.signal ?? undefined,
    });
    request.on('error', fail).on('response', (response) => {
      const chunks: Buffer[] = [];
      response
        .on('error', fail)
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
    });
    request.end(body);
  });
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The response comes from another server, or from a proxy in between.
    throw new MeilisearchFailure('failing');
  }
}
