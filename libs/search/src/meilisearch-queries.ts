import type { MeilisearchAnswer, MeilisearchQuery } from './meilisearch-client';
import { asToken, fromMeilisearch, markId, meilisearchId, spelled } from './meilisearch-document';
import type { SearchDocument } from './search-document';
import type { CandidatesWanted, SearchFilters } from './search-engine';

// Official repositories are few and weigh differently when found by description, so they come by a query of their own.
const leastOfficial = 100;

// Classes that weigh nearly alike come by one query; so much deeper does it have to look.
const slack = 50;

/** What is worth correcting towards: a name that nobody uses is rarely what a misspelt word meant. */
export const leastRenown = 8;

/** A safe operand: what is not such a name is no value that a repository has, and is never written into a filter. */
const operand = /^[a-z0-9][a-z0-9._-]*$/;

/**
 * The searches that retrieve for one question, made in one round trip. There is one for each text class, giving its
 * most popular documents, so that the scorer misses none, as in the PostgreSQL engine. Words are asked as phrases: that
 * is how Meilisearch matches them as they are, without completing or correcting them.
 */
export class MeilisearchQueries {
  /**
   * The last asks for the mark of the index: an answer without it is not from the index that we filled. Each search sees
   * the index as it is in its turn, so one that is emptied in between lacks the mark where it lacks documents.
   */
  readonly list: readonly MeilisearchQuery[];

  constructor(
    private readonly wanted: CandidatesWanted,
    unconfirmed: readonly string[],
  ) {
    const allowed = restrictions(wanted.filters, unconfirmed);
    this.list = [
      ...this.retrieving().map(({ filter = [], ...query }) => ({
        ...query,
        filter: [...filter, ...allowed],
      })),
      { filter: [`id = ${markId}`], limit: 1 },
    ];
  }

  /** The mark that an answer bears. */
  static mark(answers: readonly MeilisearchAnswer[]): unknown {
    return answers.at(-1)?.hits[0]?.generation;
  }

  /** The documents of an answer, without repeats. */
  documents(answers: readonly MeilisearchAnswer[]): SearchDocument[] {
    const found = new Map<string, SearchDocument>();
    for (const { hits } of answers.slice(0, -1)) {
      for (const hit of hits) found.set(String(hit.id), fromMeilisearch(hit));
    }
    return [...found.values()];
  }

  /** How many there are beyond doubt, when some search gave as many as it may. Undefined when all were given. */
  total(answers: readonly MeilisearchAnswer[]): number | undefined {
    const retrieved = answers.slice(0, -1);
    const isCut = retrieved.some(({ hits }, place) => hits.length >= this.list[place]!.limit);
    return isCut ? Math.max(...retrieved.map((answer) => answer.estimatedTotalHits)) : undefined;
  }

  /** The search for what the asked name may be a misspelling of. Undefined where there is no name to correct. */
  spelling(unconfirmed: readonly string[]): MeilisearchQuery | undefined {
    const { query, filters, limit } = this.wanted;
    const asked = query.namespace === undefined ? query.name : undefined;
    if (asked === undefined || !/^[a-z0-9._-]{3,}$/.test(asked)) return undefined;
    const popular = `popularity >= ${leastRenown}`;
    return {
      q: spelled(asked),
      attributesToSearchOn: ['exactname'],
      filter: [popular, ...restrictions(filters, unconfirmed)],
      limit: Math.min(limit, 25),
    };
  }

  private retrieving(): MeilisearchQuery[] {
    const { query, limit: asked } = this.wanted;
    const { namespace, name, paths, words } = query;
    const limit = asked + slack;
    if (namespace !== undefined && name === undefined) {
      return operand.test(namespace) ? [{ filter: [`namespace = "${namespace}"`], limit }] : [];
    }
    const list: MeilisearchQuery[] = [];
    for (const path of paths) {
      const [first = '', second = ''] = path.split('/');
      if (operand.test(first) && operand.test(second)) {
        list.push({ filter: [`namespace = "${first}"`, `repo = "${second}"`], limit: 2 });
      }
    }
    if (name !== undefined && operand.test(name)) {
      list.push({ filter: [`repo = "${name}"`], limit });
      const begins = `repo STARTS WITH "${name}"`;
      if (namespace === undefined) {
        list.push({ filter: [begins], limit });
        list.push({ filter: [`namespace = "${name}"`, 'official = false'], limit });
      } else if (operand.test(namespace)) {
        list.push({ filter: [`namespace = "${namespace}"`, begins], limit });
      }
    }
    const q = words.map((word) => `"${asToken(word)}"`).join(' ');
    if (q !== '') {
      const inNames = words.every((word) => operand.test(word));
      if (inNames) list.push({ q, attributesToSearchOn: ['name'], limit });
      const everywhere = { q, attributesToSearchOn: ['name', 'words'] };
      list.push({ ...everywhere, filter: ['official = false'], limit });
      list.push({ ...everywhere, filter: ['official = true'], limit: Math.max(limit, leastOfficial) });
    }
    return list;
  }
}

function restrictions(filters: SearchFilters, unconfirmed: readonly string[]): string[] {
  const { official, automated, stars, namespace } = filters;
  return [
    ...(official === undefined ? [] : [`official = ${official}`]),
    ...(automated === undefined ? [] : [`automated = ${automated}`]),
    ...(stars === undefined ? [] : [`stars >= ${Math.trunc(stars)}`]),
    ...(namespace === undefined
      ? []
      : [operand.test(namespace) ? `namespace = "${namespace}"` : 'official = true AND official = false']),
    ...(unconfirmed.length === 0 ? [] : [`id NOT IN [${unconfirmed.map(meilisearchId).join(',')}]`]),
  ];
}
