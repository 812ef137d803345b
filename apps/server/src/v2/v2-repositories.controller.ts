import { Controller, Get, Headers, Inject, Param, Post, Put, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { parseRepositoryName } from '@central-index/naming';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError } from '@central-index/platform/errors';
import { RegistriesService } from '@central-index/registries';
import { RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access } from '../access/access.decorator';
import type { IndexTokenIdentity } from '../access/index-token-authenticator';
import { RepositoryParameters } from './v2.dto';
import { nameUnknown } from './v2.errors';
import { V2Authenticator, type V2Headers } from './v2-authenticator';

// Names have one component, or two.
const repositories = [':name', ':namespace/:name'];
const below = (...paths: string[]): string[] =>
  repositories.flatMap((repository) => paths.map((path) => `${repository}/${path}`));

/**
 * Repositories in the index's own distribution API. People pull and push here what a search printed, and the index stores
 * no image: the error says where the repository is, to callers who may see it.
 */
@ApiExcludeController()
@Controller('v2')
@Access('self-authenticated')
export class V2RepositoriesController {
  constructor(
    private readonly authenticator: V2Authenticator,
    private readonly repositories: RepositoriesService,
    private readonly registries: RegistriesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get(below('manifests/:reference', 'blobs/:digest', 'referrers/:digest', 'tags/list'))
  read(
    @Param({ schema: RepositoryParameters }) parameters: RepositoryParameters,
    @Headers() headers: V2Headers,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<never> {
    return this.refuse(parameters, 'pull', headers, reply);
  }

  @Put(below('manifests/:reference'))
  write(
    @Param({ schema: RepositoryParameters }) parameters: RepositoryParameters,
    @Headers() headers: V2Headers,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<never> {
    return this.refuse(parameters, 'pull,push', headers, reply);
  }

  @Post(below('blobs/uploads'))
  upload(
    @Param({ schema: RepositoryParameters }) parameters: RepositoryParameters,
    @Headers() headers: V2Headers,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<never> {
    return this.refuse(parameters, 'pull,push', headers, reply);
  }

  private async refuse(
    { namespace, name }: RepositoryParameters,
    actions: string,
    headers: V2Headers,
    reply: FastifyReply,
  ): Promise<never> {
    const path = namespace === undefined ? name : `${namespace}/${name}`;
    const full = parseRepositoryName(path)?.full;
    // Only valid names reach the header.
    const scope = full === undefined ? undefined : `repository:${path}:${actions}`;
    const { identity } = await this.authenticator.authenticate(headers, reply, scope);
    throw nameUnknown(full === undefined ? undefined : await this.placeOf(identity, path));
  }

  /**
   * Registry host and path of a repository that the caller may see; undefined otherwise, and when it has no images. Images
   * of the v1 protocol are pulled from the index, which names their registry.
   */
  private async placeOf(identity: IndexTokenIdentity['identity'], path: string): Promise<string | undefined> {
    try {
      const { registryId, registryPath } = await this.repositories.authorize(identity, path, 'view');
      const registry = registryId === null ? undefined : await this.registries.findById(registryId);
      if (registry?.kind !== 'v1') return registry && `${registry.host}/${registryPath}`;
      return `${new URL(this.config.server.publicUrl).host}/${path}, for Docker 1.10 and older`;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }
}
