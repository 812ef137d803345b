import { Body, Controller, Delete, Get, Header, HttpCode, Put, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  DeletionsService,
  ImagesService,
  parseImageList,
  PushesService,
  type TagLayer,
  type V1Image,
} from '@central-index/docker-v1';
import { notFound } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../access/access.decorator';
import { signInRequired } from '../access/access.errors';
import { pathOf } from '../http/routing/request-form';
import { TokenRequestLimits } from '../token/token-request-limits';
import { V1Caller } from './v1-caller';
import { setRegistryHeaders, wantsToken } from './v1-headers';
import { readTarget } from './v1-target';

// A JSON string, as the index of Docker Hub sent it.
const emptyText = '""';

/**
 * Repositories of the v1 protocol: pushes, image lists and deletions of Docker up to 1.10, and the questions of v1
 * registries about tokens. Read from the raw path, because its trailing slash matters.
 */
@ApiExcludeController()
@Controller('v1/repositories')
@Access('self-authenticated')
export class V1RepositoriesController {
  constructor(
    private readonly callers: V1Caller,
    private readonly limits: TokenRequestLimits,
    private readonly pushes: PushesService,
    private readonly images: ImagesService,
    private readonly deletions: DeletionsService,
  ) {}

  @Get([':a/:b', ':a/:b/:c', ':a/:b/:c/:d', ':a/:b/:c/:d/:e'])
  async read(
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly V1Image[] | TagLayer[] | { access: boolean }> {
    const { name, part, imageId } = readTarget('GET', pathOf(request.originalUrl));
    const token = tokenOf(request);
    if (part === 'layer') {
      if (token === undefined) throw signInRequired();
      const { identity } = await this.images.identify(token, name);
      return { access: await this.images.mayRead(identity, imageId!) };
    }
    if (token !== undefined) {
      const caller = await this.images.identify(token, name);
      return part === 'tags' ? this.images.tags(caller.identity, name) : caller.images;
    }
    const caller = await this.callers.identify(request);
    if (part === 'tags') return this.images.tags(caller, name);
    if (!wantsToken(request)) return (await this.images.list(caller, name)).images;
    await this.limits.request(caller, request.ip, reply);
    const admit = (): Promise<void> => this.limits.pull(caller, request.ip, reply);
    const { images, opened } = await this.images.list(caller, name, { address: request.ip, admit });
    if (opened !== undefined) setRegistryHeaders(reply, opened);
    return images;
  }

  @Put([':a', ':a/:b', ':a/:b/:c'])
  @Header('content-type', 'application/json')
  async write(
    @Body() body: unknown,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { name, part } = readTarget('PUT', pathOf(request.originalUrl));
    if (part === 'auth') {
      const token = tokenOf(request);
      if (token === undefined) throw signInRequired();
      await this.images.identify(token, name);
      return '"OK"';
    }
    const caller = await this.callers.requireAccount(request);
    const images = parseImageList(body);
    if (part === 'images') {
      await this.pushes.end(caller, name, images);
      void reply.status(204).removeHeader('content-type');
      return '';
    }
    await this.limits.request(caller, request.ip, reply);
    const opened = await this.pushes.begin(caller, name, images);
    if (wantsToken(request)) setRegistryHeaders(reply, opened);
    return emptyText;
  }

  /** The images of a deleted repository go with it: deleting their list alone does nothing. */
  @Delete([':a', ':a/:b', ':a/:b/:c'])
  @HttpCode(200)
  @Header('content-type', 'application/json')
  async delete(
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { name, part } = readTarget('DELETE', pathOf(request.originalUrl));
    const token = tokenOf(request);
    if (part === 'images') {
      const opens = token === undefined ? undefined : (await this.images.identify(token, name)).access;
      if (opens === 'read') throw notFound('repository', name.full);
      if (token === undefined) {
        await this.deletions.authorize(await this.callers.requireAccount(request), name);
      }
      void reply.status(204).removeHeader('content-type');
      return '';
    }
    const caller = await this.callers.requireAccount(request);
    const { step, opened } = await this.deletions.delete(caller, name, request.ip);
    if (step === 'begun') void reply.status(202);
    if (wantsToken(request) || step === 'begun') setRegistryHeaders(reply, opened);
    return emptyText;
  }
}

function tokenOf({ headers: { authorization = '' } }: CallerRequest): string | undefined {
  return /^token\b/i.test(authorization) ? authorization : undefined;
}
