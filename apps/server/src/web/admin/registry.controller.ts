import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ParkedEventsService, RegistriesService } from '@central-index/registries';
import { RegistryDoctor } from '@central-index/registry-sync';
import { PlacementsService } from '@central-index/repositories';
import { RegistryConfigurations } from '@central-index/tokens';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { parkedEventsPageSchema } from '../../admin/parked-events.dto';
import {
  registryChangesSchema,
  registryPathSchema,
  toRegistryChanges,
  type RegistryPathDto,
} from '../../admin/registries.dto';
import { fragmentRequestSchema } from '../../admin/registry-fragments.dto';
import type { PageDto } from '../../api/page.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf, type FormBody } from '../rendering/form';
import { Submitted, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { requireConfirmation } from '../repository/confirmation';
import { actorOf, numberOf } from './admin-form';
import { doctorPage } from './doctor.page';
import { registryConfigurationPage } from './registry-configuration.page';
import { RegistryPages } from './registry-pages';

// Load balancers and browsers abort requests after 30 to 60 s.
const doctorTimeoutMs = 25_000;

/** One registry, in a browser. */
@ApiExcludeController()
@Controller('admin/registries/:name')
@Access('administrator-page')
export class AdminRegistryController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly configurations: RegistryConfigurations,
    private readonly parkedEvents: ParkedEventsService,
    private readonly placements: PlacementsService,
    private readonly doctor: RegistryDoctor,
    private readonly registryPages: RegistryPages,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Query({ schema: parkedEventsPageSchema }) query: PageDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.registryPages.page(context, name, query));
  }

  @Get('doctor')
  async diagnose(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const registry = await this.registries.get(name);
    const checks = await this.doctor.diagnose(registry.name, { withinMs: doctorTimeoutMs });
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, doctorPage(context, registry, checks));
  }

  @Post('settings')
  @HttpCode(303)
  async change(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      const {
        hook_url = null,
        token_ttl = null,
        ...rest
      } = checkForm(registryChangesSchema, changesOf(form.body));
      const changes = toRegistryChanges({ ...rest, hook_url, token_ttl });
      await this.registries.change(name, changes, actorOf(form));
      return `/admin/registries/${name}`;
    };
    await this.registryPages.run({ name, form, reply, formName: 'settings', act });
  }

  @Post('fragment')
  @HttpCode(200)
  async renewSecret(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // No redirect: the secret is in this response only.
    const act = async (context: PageContext): Promise<Page> => {
      const registry = await this.registries.get(name);
      const options = {
        full_config: textOf(form.body, 'full_config') === 'true',
        certificate_path: textOf(form.body, 'certificate_path').trim(),
      };
      const { full_config: isWhole = false, certificate_path: certificatePath } =
        checkForm(fragmentRequestSchema, options) ?? {};
      const wanted = { isWhole, certificatePath };
      const configuration = await this.configurations.renew(registry, actorOf(form), wanted);
      return registryConfigurationPage(context, registry, configuration, isWhole);
    };
    await this.registryPages.run({ name, form, reply, formName: 'fragment', act });
  }

  @Post('events/retry')
  @HttpCode(303)
  async retryEvents(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      await this.parkedEvents.retry(await this.registries.get(name), actorOf(form));
      return `/admin/registries/${name}`;
    };
    await this.registryPages.run({ name, form, reply, formName: 'retry', act });
  }

  @Post('events/discard')
  @HttpCode(303)
  async discardEvents(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (context: PageContext): Promise<string> => {
      const registry = await this.registries.get(name);
      requireConfirmation(context, form.body, registry.name);
      await this.parkedEvents.discard(registry, actorOf(form));
      return `/admin/registries/${name}`;
    };
    await this.registryPages.run({ name, form, reply, formName: 'discard', act });
  }

  @Post('remove')
  @HttpCode(303)
  async remove(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (context: PageContext): Promise<string> => {
      const registry = await this.registries.get(name);
      requireConfirmation(context, form.body, registry.name);
      const hideOrphans = textOf(form.body, 'orphan') === 'true';
      await this.placements.removeRegistry(registry.name, { hideOrphans }, actorOf(form));
      return '/admin/registries';
    };
    await this.registryPages.run({ name, form, reply, formName: 'remove', act });
  }
}

// In the types of the REST body, whose schema checks them. Fields that were left empty restore the default.
function changesOf(body: FormBody): FormBody {
  return {
    url: textOf(body, 'url').trim(),
    host: textOf(body, 'host').trim(),
    hook_url: textOf(body, 'hook_url').trim(),
    token_ttl: numberOf(textOf(body, 'token_ttl')) ?? '',
    behind_proxy: textOf(body, 'behind_proxy') === 'true',
  };
}
