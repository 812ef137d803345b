import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RegistriesService } from '@central-index/registries';
import { PlacementRulesService } from '@central-index/repositories';
import { RegistryConfigurations } from '@central-index/tokens';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { placementRuleSchema, rulePatternSchema } from '../../admin/placement-rules.dto';
import { newRegistrySchema, toNewRegistry } from '../../admin/registries.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf, type FormBody } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import type { TypedForm } from '../rendering/typed-form';
import { actorOf, named, nothingWrong, numberOf } from './admin-form';
import { registriesPage } from './registries.page';
import { registryConfigurationPage } from './registry-configuration.page';
import { RegistryStates } from './registry-states';

/** The registries and the placement rules, in a browser. */
@ApiExcludeController()
@Controller('admin')
@Access('administrator-page')
export class AdminRegistriesController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly states: RegistryStates,
    private readonly configurations: RegistryConfigurations,
    private readonly rules: PlacementRulesService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get('registries')
  async show(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context, nothingWrong));
  }

  @Post('registries')
  @HttpCode(200)
  async add(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    // No redirect: the secret in the fragment is in this response only.
    const act = async (context: PageContext): Promise<Page> => {
      const values = checkForm(newRegistrySchema, newRegistryOf(form.body));
      const { registry, hookSecret } = await this.registries.add(toNewRegistry(values), actorOf(form));
      const configuration = await this.configurations.of(registry, hookSecret);
      return registryConfigurationPage(context, registry, configuration);
    };
    await this.run(form, reply, 'add', act);
  }

  @Post('placement-rules')
  @HttpCode(303)
  async place(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const act = async (): Promise<string> => {
      const { pattern, registry } = checkForm(placementRuleSchema, form.body);
      await named('registry', this.rules.set(pattern.trim(), registry, actorOf(form)));
      return '/admin/registries';
    };
    await this.run(form, reply, 'place', act);
  }

  @Post('placement-rules/remove')
  @HttpCode(303)
  async removeRule(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const act = async (): Promise<string> => {
      const { pattern } = checkForm(rulePatternSchema, form.body);
      await this.rules.remove(pattern, actorOf(form));
      return '/admin/registries';
    };
    await this.run(form, reply, 'remove', act);
  }

  private async run(
    { request, body }: SubmittedForm,
    reply: FastifyReply,
    form: string,
    act: (context: PageContext) => Promise<string | Page>,
  ): Promise<void> {
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, refusal, { form, body });
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page(context: PageContext, refusal: Refusal, typed?: TypedForm): Promise<Page> {
    const [registries, rules] = await Promise.all([this.states.all(), this.rules.list()]);
    return registriesPage(context, { registries, rules, typed, refusal });
  }
}

// In the types of the REST body, whose schema checks them.
function newRegistryOf(body: FormBody): FormBody {
  const texts = ['name', 'url', 'host', 'hook_url', 'service', 'kind', 'token_algorithm'];
  return {
    ...Object.fromEntries(texts.map((name) => [name, textOf(body, name).trim()])),
    token_ttl: numberOf(textOf(body, 'token_ttl')) ?? '',
    behind_proxy: textOf(body, 'behind_proxy') === 'true',
  };
}
