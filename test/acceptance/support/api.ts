import { readJson } from '../../support/read-json';

/** The fields of a repository in the REST API that these tests read. */
export interface RepositoryView {
  full_name: string;
  visibility: string;
  official: boolean;
  registry: string;
  pull_command: string;
  stars: number;
  pulls: number;
  tags: number;
}

/** The fields of a tag in the REST API that these tests read. */
export interface TagView {
  name: string;
  digest: string;
  media_type: string;
  size: number;
  platforms: { os: string; architecture: string }[];
  pushed_by: string | null;
}

/** The name and password of an account. */
export interface Credentials {
  name: string;
  password: string;
}

/** A client of the REST API; anonymous without credentials. Its methods throw on error responses. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly caller?: Credentials,
  ) {}

  /** Sends one request, with `body` as JSON, and returns any response. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = {};
    if (this.caller !== undefined) headers.authorization = basic(this.caller);
    if (body !== undefined) headers['content-type'] = 'application/json';
    return fetch(`${this.url}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async signUp({ name, password }: Credentials): Promise<void> {
    const body = { username: name, email: `${name}@example.org`, password };
    await assertOk(await this.send('POST', '/api/v1/users', body));
  }

  async createRepository(
    namespace: string,
    body: { name: string; description?: string; visibility?: string },
  ): Promise<void> {
    await assertOk(await this.send('POST', `/api/v1/namespaces/${namespace}/repositories`, body));
  }

  /** Creates an access token for the caller and returns it, to be used as a password. */
  async createAccessToken(permissions: string[], repositories: string[]): Promise<string> {
    const body = { label: permissions.join(' '), permissions, repositories };
    const response = await assertOk(await this.send('POST', '/api/v1/user/tokens', body));
    return (await readJson<{ token: string }>(response)).token;
  }

  async star(name: string): Promise<void> {
    await assertOk(await this.send('PUT', `/api/v1/repositories/${name}/star`));
  }

  /** The repository, or undefined if the caller may see none of that name. */
  async repository(name: string): Promise<RepositoryView | undefined> {
    const response = await this.send('GET', `/api/v1/repositories/${name}`);
    return response.status === 404 ? undefined : await readJson<RepositoryView>(await assertOk(response));
  }

  /** All tags of a repository; none if the caller may not see it. */
  async tags(name: string): Promise<TagView[]> {
    const tags: TagView[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ per_page: '100', ...(cursor === '' ? {} : { cursor }) });
      const response = await this.send('GET', `/api/v1/repositories/${name}/tags?${query.toString()}`);
      if (response.status === 404) return [];
      const page = await readJson<{ items: TagView[]; next: string | null }>(await assertOk(response));
      tags.push(...page.items);
      cursor = page.next;
    }
    return tags;
  }

  async tag(name: string, tag: string): Promise<TagView | undefined> {
    return (await this.tags(name)).find((item) => item.name === tag);
  }

  /** Requests a token for a registry, as clients do. */
  async registryToken(service: string, scope: string): Promise<string> {
    const query = new URLSearchParams({ service, scope });
    const response = await assertOk(await this.send('GET', `/token?${query.toString()}`));
    return (await readJson<{ token: string }>(response)).token;
  }
}

/** Returns a successful response; throws an error with the body of any other. */
async function assertOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} returned ${response.status}: ${await response.text()}`);
}

/** The value of an `Authorization` header with a name and a password. */
export function basic({ name, password }: Credentials): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}
