import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A query with what must be found by it, and its class: `typo1`, `prefix3`, `two_desc` … */
export interface DevQuery {
  readonly q: string;
  readonly cls: string;
  readonly expect: readonly string[];
}

/** A ranking that was recorded: `server` is in the server's order, `client_stars` tells only which were shown. */
export interface Judgment {
  readonly term: string;
  readonly order: 'server' | 'client_stars';
  readonly results: readonly { readonly name: string }[];
}

/** The development data: real repositories, queries and judgments, kept beside the product. */
export class DevData {
  constructor(private readonly folder: string) {}

  get isThere(): boolean {
    return existsSync(this.repositories);
  }

  get repositories(): string {
    return join(this.folder, 'repositories.jsonl.gz');
  }

  queries(): DevQuery[] {
    return this.lines('search-queries.dev.jsonl');
  }

  judgments(): Judgment[] {
    return this.lines('search-judgments.dev.jsonl');
  }

  officials(): string[] {
    return this.lines<{ name: string }>('official-images.jsonl').map(({ name }) => name);
  }

  private lines<T>(file: string): T[] {
    return readFileSync(join(this.folder, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as T);
  }
}
