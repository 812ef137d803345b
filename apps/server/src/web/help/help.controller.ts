import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { RegistriesService } from '@central-index/registries';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { PageRenderer } from '../rendering/page-renderer';
import { pushHosts } from '../repository/push-hosts';
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
    const { publicUrl } = this.config.server;
    const registryHosts = pushHosts(await this.registries.list());
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, helpPage(context, { publicUrl, registryHosts }));
  }
}
