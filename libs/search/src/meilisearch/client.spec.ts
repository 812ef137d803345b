import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { recording } from '../../../../test/support/recordings';
import { MeilisearchClient } from './client';
import { indexSettings, settingsToChange } from './document';
import { failureOfTask, MeilisearchFailure, type FailureKind } from './failure';
import { describeUnless } from '../../../../test/support/jest';

interface Exchange {
  readonly note: string;
  readonly status: number;
  readonly response: { readonly error?: { code: string; message: string } };
}

const recorded = recording<Exchange>('meilisearch-1.50.0.jsonl');

describeUnless(recorded.missing, 'the client, with recorded responses of Meilisearch', () => {
  let server: Server;
  let client: MeilisearchClient;
  let exchange: Exchange;
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      response
        .writeHead(exchange.status)
        .end(exchange.response === null ? '' : JSON.stringify(exchange.response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new MeilisearchClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'a key');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const recordedAs = (note: string): Exchange => recorded.lines.find((line) => line.note.startsWith(note))!;
  const failures: [note: string, kind: FailureKind][] = [
    ['no key', 'wrongKey'],
    ['bad key', 'wrongKey'],
    ['unknown index: search', 'indexMissing'],
    ['malformed JSON', 'refused'],
    ['invalid filter', 'refused'],
    ['the search queue is full', 'overloaded'],
    ['a write on a full disk', 'diskFull'],
    ['search body over 100 MB', 'failing'],
  ];
  for (const [note, kind] of failures) {
    it(`reports "${note}" as ${kind}, with the code and no other text of the response`, async () => {
      exchange = recordedAs(note);
      await assert.rejects(client.put('repositories', [{}]), (error: unknown) => {
        assert.ok(error instanceof MeilisearchFailure);
        assert.equal(error.kind, kind);
        assert.doesNotMatch(error.message, /path|os error|bytes|Authorization/);
        return true;
      });
    });
  }

  it('returns the uid of an accepted task, which may still fail', async () => {
    exchange = recordedAs('one bad id among good ones');
    assert.equal(await client.put('repositories', [{}]), 7);
    const { error } = recordedAs('task: a bad id fails the whole payload').response;
    assert.equal(failureOfTask(error!).kind, 'refused');
    assert.equal(
      failureOfTask(recordedAs('task: swap with an unknown index').response.error!).kind,
      'indexMissing',
    );
  });

  it('finds no settings to change if they are returned in another order', () => {
    const current = { ...indexSettings, stopWords: [], distinctAttribute: null };
    const filterable = indexSettings.filterableAttributes as readonly { attributePatterns: string[] }[];
    const filterableAttributes = filterable
      .map((rule) => ({ ...rule, attributePatterns: [...rule.attributePatterns].reverse() }))
      .reverse() as unknown as typeof indexSettings.filterableAttributes;
    assert.deepEqual(settingsToChange({ ...current, filterableAttributes }), {});
    const fewer = { ...current, filterableAttributes: filterableAttributes!.slice(1) };
    assert.deepEqual(Object.keys(settingsToChange(fewer)), ['filterableAttributes']);
    const settingsReadBack = recordedAs('settings read back');
    const rankingRules = ['popularity:asc'];
    assert.deepEqual(Object.keys(settingsToChange({ ...current, rankingRules })), ['rankingRules']);
    assert.equal(Object.keys(settingsToChange(settingsReadBack.response as never)).length > 0, true);
  });
});

describe('the client', () => {
  let respond: (response: ServerResponse) => void;
  let server: Server;
  let client: MeilisearchClient;
  const is = (kind: FailureKind) => (error: unknown) => (error as MeilisearchFailure).kind === kind;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      respond(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new MeilisearchClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'a key');
  });
  afterAll(stop);

  it('aborts a search with its signal, and any other request after a timeout', async () => {
    respond = () => undefined;
    await assert.rejects(client.search('x', [], AbortSignal.timeout(50)), is('timeout'));
    await assert.rejects(client.settings('x'), is('timeout'));
    respond = (response) => response.writeHead(200).write('{"results":');
    await assert.rejects(client.search('x', [], AbortSignal.timeout(50)), is('timeout'), 'body incomplete');
  });

  it('fails on a response that is not JSON, and follows no redirect with its key', async () => {
    respond = (response) => response.writeHead(200).end('<html>');
    await assert.rejects(client.search('x', [], AbortSignal.timeout(1_000)), is('failing'));
    respond = (response) => response.writeHead(502).end('<html>');
    await assert.rejects(client.settings('x'), is('failing'));
    const paths: string[] = [];
    respond = (response) => {
      paths.push(response.req.url!);
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    await assert.rejects(client.settings('x'), is('unreachable'));
    assert.deepEqual(paths, ['/indexes/x/settings']);
  });

  it('reports that no server listens', async () => {
    await stop();
    await assert.rejects(client.search('x', [], AbortSignal.timeout(1_000)), is('unreachable'));
    await assert.rejects(client.put('x', [{}]), is('unreachable'));
  });
});
