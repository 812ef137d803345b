import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A query, the repositories of which one must be found, and its class: `typo1`, `prefix3`, `two_desc`, …. */
export interface DevQuery {
  readonly q: string;
  readonly cls: string;
  readonly expect: readonly string[];
}

/**
 * A recorded result list of Docker Hub. `server` lists are in the server's order. `client_stars` lists were sorted again
 * by the client, so they only state which repositories were listed.
 */
export interface Judgment {
  readonly term: string;
  readonly order: 'server' | 'client_stars';
  readonly results: readonly { readonly name: string }[];
}

// Queries of the classes that the development data lack. They are part of this repository (bench/search/data/README.md).
const ownQueries = join('bench', 'search', 'data', 'queries.dev.jsonl');

/** The development data, which is not part of this repository: real repositories, queries and judgments in `folder`. */
export class DevData {
  private readonly folder: string;

  constructor(folder: string) {
    // Commands that read it run in folders of their own.
    this.folder = resolve(folder);
  }

  get exists(): boolean {
    return existsSync(this.repositories);
  }

  get repositories(): string {
    return join(this.folder, 'repositories.jsonl.gz');
  }

  queries(): DevQuery[] {
    return [
      ...this.lines<DevQuery>('search-queries.dev.jsonl'),
      ...parsed<DevQuery>(readFileSync(ownQueries, 'utf8')),
    ];
  }

  judgments(): Judgment[] {
    return this.lines('search-judgments.dev.jsonl');
  }

  officials(): string[] {
    return this.lines<{ name: string }>('official-images.jsonl').map(({ name }) => name);
  }

  private lines<T>(file: string): T[] {
    return parsed(readFileSync(join(this.folder, file), 'utf8'));
  }
}

function parsed<T>(lines: string): T[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
