import { createHash } from 'node:crypto';
import type { Actor, HttpResponse } from './client';
import { readJson } from './read-json';

/** An image as Docker up to 1.10 pushes it. */
export interface OldImage {
  readonly id: string;
  readonly parent?: string;
  readonly tags: readonly string[];
}

/** The id that stands for a text. */
export const imageId = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A chain of images, each the parent of the next; the last one has the tags. */
export function chainOf(texts: readonly string[], ...tags: readonly string[]): OldImage[] {
  return texts.map((text, index) => ({
    id: imageId(text),
    ...(index > 0 && { parent: imageId(texts[index - 1]!) }),
    tags: index === texts.length - 1 ? tags : [],
  }));
}

const asksForToken = {
  'x-docker-token': 'true',
  'user-agent': 'docker/1.6.2 go/go1.4.2 os/linux arch/amd64',
};

/** The requests of Docker up to 1.10 to the index and to the registries that the index names. */
export class OldDocker {
  constructor(private readonly index: Actor) {}

  /** Requests a push of the images. */
  begin(path: string, images: readonly OldImage[]): Promise<HttpResponse> {
    const list = images.flatMap(({ id, tags }) =>
      tags.length === 0 ? [{ id }] : tags.map((Tag) => ({ id, Tag })),
    );
    return this.index.with(asksForToken).put(`/v1/repositories/${path}/`, list);
  }

  /** Ends a push. */
  end(path: string, images: unknown = []): Promise<HttpResponse> {
    return this.index.with(asksForToken).put(`/v1/repositories/${path}/images`, images);
  }

  /** Requests what a pull needs. */
  openPull(path: string): Promise<HttpResponse> {
    return this.index.with(asksForToken).get(`/v1/repositories/${path}/images`);
  }

  /** Pushes the images whole. Throws for the first answer that would stop the client. */
  async push(path: string, images: readonly OldImage[]): Promise<void> {
    const begun = require200(await this.begin(path, images));
    for (const endpoint of endpointsOf(begun)) await this.upload(endpoint, tokenOf(begun), path, images);
    const ended = await this.end(path);
    if (ended.status !== 204 || ended.text !== '')
      throw new Error(`end of push: ${ended.status} ${ended.text}`);
  }

  /** The ids that the tags of a repository have at its registry, by the token of a pull. */
  async pull(path: string): Promise<Record<string, string>> {
    const opened = require200(await this.openPull(path));
    const full = path.includes('/') ? path : `library/${path}`;
    const [endpoint] = endpointsOf(opened);
    const response = await fetch(`http://${endpoint}/v1/repositories/${full}/tags`, {
      headers: { authorization: `Token ${tokenOf(opened)}` },
    });
    if (response.status !== 200) throw new Error(`tags of ${path}: ${response.status}`);
    return readJson<Record<string, string>>(response);
  }

  private async upload(
    endpoint: string,
    token: string,
    path: string,
    images: readonly OldImage[],
  ): Promise<void> {
    const put = async (target: string, body: string): Promise<void> => {
      const response = await fetch(`http://${endpoint}/v1/${target}`, {
        method: 'PUT',
        headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
        body,
      });
      if (response.status !== 200)
        throw new Error(`PUT ${target}: ${response.status} ${await response.text()}`);
    };
    for (const { id, parent } of images) {
      const json = { id, parent, os: 'linux', architecture: 'amd64', created: '2015-04-01T00:00:00Z' };
      await put(`images/${id}/json`, JSON.stringify(json));
      await put(`images/${id}/layer`, `layer of ${id}`);
      await put(`images/${id}/checksum`, '');
    }
    const full = path.includes('/') ? path : `library/${path}`;
    for (const { id, tags } of images) {
      for (const tag of tags) await put(`repositories/${full}/tags/${tag}`, JSON.stringify(id));
    }
  }
}

/** The token that the index sent. */
export const tokenOf = ({ headers }: HttpResponse): string => headers['x-docker-token'] ?? '';

/** The registries that the index named. */
export const endpointsOf = ({ headers }: HttpResponse): string[] =>
  (headers['x-docker-endpoints'] ?? '').split(',').map((one) => one.trim());

function require200(response: HttpResponse): HttpResponse {
  if (response.status !== 200) throw new Error(`${response.status} ${response.text}`);
  return response;
}
