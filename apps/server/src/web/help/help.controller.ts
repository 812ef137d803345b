import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { RegistriesService } from '@central-index/registries';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { PageRenderer } from '../rendering/page-renderer';
import { helpPage } from './help.page';

/** The help page. */
@ApiExcludeController()
@Controller('help')
@Access('anyone')
export class HelpController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async show(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    // Docker of today does not reach one of the v1 protocol.
    const registry = (await this.registries.list()).find(({ kind }) => kind !== 'v1');
    const context = this.pages.contextOf(request, reply);
    const { publicUrl } = this.config.server;
    this.pages.send(reply, context, helpPage(context, { publicUrl, registryHost: registry?.host }));
  }
}
