import type { TestImage } from './images';

/** A token without a signature, which a FakeRegistry accepts. */
export function plainToken(
  service: string,
  subject: string,
  path: string,
  actions: readonly string[],
): string {
  const access =
    path === 'catalog'
      ? [{ type: 'registry', name: 'catalog', actions }]
      : [{ type: 'repository', name: path, actions }];
  const payload = Buffer.from(JSON.stringify({ aud: service, sub: subject, access })).toString('base64url');
  return `plain.${payload}.`;
}

/** A client that pushes to, pulls from and deletes at a registry, over its HTTP API. */
export class RegistryUser {
  constructor(
    private readonly url: string,
    name: string,
    service = 'main',
    /** Returns a token for a repository; one without a signature by default. */
    private readonly tokenFor = (path: string): string | Promise<string> =>
      plainToken(service, name, path, ['pull', 'push', 'delete']),
  ) {}

  /** Pushes blobs, children by digest, and the manifest by tag, or by digest without a tag. */
  async push(path: string, image: TestImage, tag?: string): Promise<void> {
    for (const child of image.children) await this.push(path, child);
    for (const blob of image.blobs) {
      const upload = await this.request(path, 'POST', 'blobs/uploads/', 202);
      const location = new URL(upload.headers.get('location')!, this.url);
      location.searchParams.set('digest', blob.digest);
      await this.send(location.href, path, 'PUT', 201, blob.body, 'application/octet-stream');
    }
    await this.request(path, 'PUT', `manifests/${tag ?? image.digest}`, 201, image.body, image.mediaType);
  }

  /** Sends GET for a manifest by tag or digest, as a pull does. */
  async pull(path: string, reference: string): Promise<void> {
    await this.request(path, 'GET', `manifests/${reference}`, 200);
  }

  /** Sends HEAD for a manifest by tag or digest. */
  async head(path: string, reference: string): Promise<void> {
    await this.request(path, 'HEAD', `manifests/${reference}`, 200);
  }

  /** Deletes by digest, or by tag where the registry supports it. Returns the status. */
  async delete(path: string, reference: string): Promise<number> {
    return (await this.request(path, 'DELETE', `manifests/${reference}`)).status;
  }

  private request(
    path: string,
    method: string,
    rest: string,
    status?: number,
    body?: Buffer,
    mediaType?: string,
  ): Promise<Response> {
    return this.send(`${this.url}/v2/${path}/${rest}`, path, method, status, body, mediaType);
  }

  private async send(
    url: string,
    path: string,
    method: string,
    status?: number,
    body?: Buffer,
    mediaType = 'application/vnd.oci.image.manifest.v1+json',
  ): Promise<Response> {
    const token = await this.tokenFor(path);
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body === undefined) headers.accept = `${mediaType}, application/vnd.oci.image.index.v1+json`;
    else headers['content-type'] = mediaType;
    const response = await fetch(url, { method, headers, body: body && new Uint8Array(body) });
    await response.arrayBuffer();
    if (status !== undefined && response.status !== status) {
      throw new Error(`${method} ${url}: ${response.status} instead of ${status}`);
    }
    return response;
  }
}
