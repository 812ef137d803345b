import { readJson } from '../../support/read-json';

/** What the REST API says of a repository, as far as these tests look. */
export interface RepositoryView {
  full_name: string;
  visibility: string;
  official: boolean;
  registry: string;
  pull_command: string;
  stars: number;
  pulls: number;
}

/** What the REST API says of a tag, as far as these tests look. */
export interface TagView {
  name: string;
  digest: string;
  media_type: string;
  size: number;
  platforms: { os: string; architecture: string }[];
  pushed_by: string | null;
}

/** Who speaks: a name and a password, or nobody. */
export interface Credentials {
  name: string;
  password: string;
}

/** The product's HTTP surface as a person's script uses it. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly who?: Credentials,
  ) {}

  /** Sends one request; `body` goes as JSON. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = {};
    if (this.who !== undefined) headers.authorization = basic(this.who);
    if (body !== undefined) headers['content-type'] = 'application/json';
    return fetch(`${this.url}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async signUp({ name, password }: Credentials): Promise<void> {
    const body = { username: name, email: `${name}@example.org`, password };
    await accepted(await this.send('POST', '/api/v1/users', body));
  }

  async createRepository(
    namespace: string,
    body: { name: string; description?: string; visibility?: string },
  ): Promise<void> {
    await accepted(await this.send('POST', `/api/v1/namespaces/${namespace}/repositories`, body));
  }

  /** Makes an access token for the caller; the answer is what goes into a password prompt. */
  async createAccessToken(permissions: string[], repositories: string[]): Promise<string> {
    const body = { label: permissions.join(' '), permissions, repositories };
    const response = await accepted(await this.send('POST', '/api/v1/user/tokens', body));
    return (await readJson<{ token: string }>(response)).token;
  }

  async star(name: string): Promise<void> {
    await accepted(await this.send('PUT', `/api/v1/repositories/${name}/star`));
  }

  /** The repository, or undefined when the caller sees none of that name. */
  async repository(name: string): Promise<RepositoryView | undefined> {
    const response = await this.send('GET', `/api/v1/repositories/${name}`);
    return response.status === 404 ? undefined : await readJson<RepositoryView>(await accepted(response));
  }

  /** All tags of a repository; none when the caller sees no such repository. */
  async tags(name: string): Promise<TagView[]> {
    const tags: TagView[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ per_page: '100', ...(cursor === '' ? {} : { cursor }) });
      const response = await this.send('GET', `/api/v1/repositories/${name}/tags?${query.toString()}`);
      if (response.status === 404) return [];
      const page = await readJson<{ items: TagView[]; next: string | null }>(await accepted(response));
      tags.push(...page.items);
      cursor = page.next;
    }
    return tags;
  }

  async tag(name: string, tag: string): Promise<TagView | undefined> {
    return (await this.tags(name)).find((item) => item.name === tag);
  }

  /** A token for a registry, as clients ask for it. */
  async registryToken(service: string, scope: string): Promise<string> {
    const query = new URLSearchParams({ service, scope });
    const response = await accepted(await this.send('GET', `/token?${query.toString()}`));
    return (await readJson<{ token: string }>(response)).token;
  }
}

/** The answer itself when it says success; otherwise an error with all it says. */
async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
}

function basic({ name, password }: Credentials): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}
