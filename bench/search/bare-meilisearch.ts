import { MeilisearchClient, type MeilisearchQuery } from '../../libs/search/src/meilisearch/client';
import { liveIndex } from '../../libs/search/src/meilisearch/document';
import { MeilisearchRetrieval } from '../../libs/search/src/meilisearch/retrieval';
import { parseQuery } from '../../libs/search/src/query/query';
import { masterKey, type MeilisearchServer } from '../../test/support/meilisearch-server';
import { print } from '../stats';
import { runWrk } from '../tokens/wrk';
import { searchRequests } from './loads';
import { mixed, type QueryClass } from './query-classes';
import type { SeededInstance } from './seeded-instance';

const clients = 8;
const turns = 3;
const pageSize = 25;

/**
 * Prints how many searches per second the product serves through Meilisearch, and how many Meilisearch alone serves if
 * wrk sends the requests that the product would send, in alternation.
 */
export async function bareMeilisearch(
  index: SeededInstance,
  { url }: MeilisearchServer,
  classes: readonly QueryClass[],
  seconds: number,
): Promise<void> {
  const [generation] = await index.strings('select generation as text from search_replica');
  const queries = mixed(classes).filter((q) => parseQuery(q).text !== '');
  const retrievals = await recordRetrievals(url, generation!, queries);
  const requests = retrievals.flat().map((body) => ({
    path: '/multi-search',
    authorization: `Bearer ${masterKey}`,
    body,
  }));
  const options = { seconds, connections: clients };
  const rates = { product: 0, bare: 0 };
  for (let turn = 0; turn < turns; turn += 1) {
    const product = await runWrk(index.url, index.folder, searchRequests(queries), options);
    const bare = await runWrk(url, index.folder, requests, options);
    rates.product += product.perSecond / turns;
    rates.bare += (bare.perSecond * retrievals.length) / requests.length / turns;
  }
  print(
    `  ${clients} clients: searches of the product, of Meilisearch alone`,
    `${rates.product.toFixed(0)}, ${rates.bare.toFixed(0)} per second: ${(rates.product / rates.bare).toFixed(2)} (aim >= 0.9)`,
  );
}

async function recordRetrievals(
  url: string,
  generation: string,
  queries: readonly string[],
): Promise<string[][]> {
  const client = new MeilisearchClient(url, masterKey);
  const recorded: string[][] = [];
  for (const q of queries) {
    const bodies: string[] = [];
    const send = (sent: readonly MeilisearchQuery[]) => {
      bodies.push(JSON.stringify({ queries: sent.map((query) => ({ indexUid: liveIndex, ...query })) }));
      return client.search(liveIndex, sent, AbortSignal.timeout(5_000));
    };
    const request = {
      query: parseQuery(q),
      filters: {},
      order: 'relevance',
      viewer: { namespaces: [] },
      limit: pageSize,
    } as const;
    await new MeilisearchRetrieval(request, { pending: new Set(), scores: [] }, generation, send).run();
    recorded.push(bodies);
  }
  return recorded;
}
