import { createHash, randomBytes } from 'node:crypto';
import type { Credentials } from './api';
import { readJson } from '../../support/read-json';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Pulls and pushes small images over plain HTTP, each with a token of its own, and records failures. */
export class Traffic {
  /** Number of responses, from the index and the registry. */
  requests = 0;
  /** Requests with an unexpected status, each with method, URL, status and body. */
  readonly failures: string[] = [];
  /** Ids of the keys that signed the tokens. */
  readonly keys = new Set<string>();

  constructor(
    private readonly indexUrl: string,
    private readonly registry: { readonly url: string; readonly service: string },
    private readonly caller: Credentials,
  ) {}

  /** Requests a token for one repository, without credentials if `anonymous`. */
  async token(repository: string, actions: string, anonymous = false): Promise<string> {
    const query = new URLSearchParams({
      service: this.registry.service,
      scope: `repository:${repository}:${actions}`,
    });
    const basic = Buffer.from(`${this.caller.name}:${this.caller.password}`).toString('base64');
    const headers: Record<string, string> = anonymous ? {} : { authorization: `Basic ${basic}` };
    const response = await this.send(200, `${this.indexUrl}/token?${query.toString()}`, { headers });
    const { token } = await readJson<{ token: string }>(response);
    const header = JSON.parse(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString()) as {
      kid: string;
    };
    this.keys.add(header.kid);
    return token;
  }

  /** Pulls an image's manifest and configuration, with `existingToken` or a new token. */
  async pull(repository: string, tag: string, existingToken?: string): Promise<void> {
    const token = existingToken ?? (await this.token(repository, 'pull', true));
    const headers = { authorization: `Bearer ${token}`, accept: manifestType };
    const response = await this.send(200, this.urlOf(repository, `manifests/${tag}`), { headers });
    const { config } = await readJson<{ config?: { digest: string } }>(response);
    if (config === undefined) return;
    const blob = await this.send(200, this.urlOf(repository, `blobs/${config.digest}`), { headers });
    await blob.arrayBuffer();
  }

  /** Pushes an image with a random layer. */
  async push(repository: string, tag: string): Promise<void> {
    const authorization = `Bearer ${await this.token(repository, 'pull,push')}`;
    const [layer, config] = [
      await this.upload(repository, authorization, randomBytes(1_000)),
      await this.upload(repository, authorization, Buffer.from('{"os":"linux","architecture":"amd64"}')),
    ];
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
    });
    const headers = { authorization, 'content-type': manifestType };
    const url = this.urlOf(repository, `manifests/${tag}`);
    await (await this.send(201, url, { method: 'PUT', headers, body: manifest })).arrayBuffer();
  }

  private async upload(
    repository: string,
    authorization: string,
    bytes: Buffer,
  ): Promise<{ digest: string; size: number }> {
    const digest = digestOf(bytes);
    const headers = { authorization };
    const upload = await this.send(202, this.urlOf(repository, 'blobs/uploads/'), {
      method: 'POST',
      headers,
    });
    await upload.arrayBuffer();
    const location = new URL(upload.headers.get('location') ?? '', this.registry.url);
    location.searchParams.set('digest', digest);
    const committed = await this.send(201, location.href, {
      method: 'PUT',
      headers,
      body: new Uint8Array(bytes),
    });
    await committed.arrayBuffer();
    return { digest, size: bytes.length };
  }

  private urlOf(repository: string, rest: string): string {
    return `${this.registry.url}/v2/${repository}/${rest}`;
  }

  private async send(status: number, url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, init);
    this.requests += 1;
    if (response.status === status) return response;
    const failure = `${init.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`;
    this.failures.push(failure);
    throw new Error(failure);
  }
}
