import { Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { OperationsService, type OperationRequest } from '@central-index/registry-sync';
import type { FastifyReply } from 'fastify';
import { Access } from '../../access/access.decorator';
import { adoptRequestSchema, moveRequestSchema, reconcileRequestSchema } from '../../admin/operations.dto';
import { registryPathSchema, type RegistryPathDto } from '../../admin/registries.dto';
import { checkForm, textOf } from '../rendering/form';
import { Submitted, type SubmittedForm } from '../rendering/form-submission';
import { actorOf, named, numberOf } from './admin-form';
import { RegistryPages } from './registry-pages';

/** Requests of long-running operations on a registry, in a browser. Each leads to the page of its operation. */
@ApiExcludeController()
@Controller('admin/registries/:name')
@Access('administrator-page')
export class AdminRegistryOperationsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly registryPages: RegistryPages,
  ) {}

  @Post('reconcile')
  @HttpCode(303)
  async reconcile(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body } = form;
    const act = (): Promise<string> => {
      const options = {
        dry_run: textOf(body, 'dry_run') === 'true',
        full: textOf(body, 'full') === 'true',
        limit: numberOf(textOf(body, 'limit')) ?? '',
      };
      const {
        dry_run: dryRun = false,
        full = false,
        limit,
      } = checkForm(reconcileRequestSchema, options) ?? {};
      return this.request({ kind: 'reconcile', request: { registry: name, dryRun, full, limit } }, form);
    };
    await this.registryPages.run({ name, form, reply, formName: 'reconcile', act });
  }

  @Post('adopt')
  @HttpCode(303)
  async adopt(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = (): Promise<string> => {
      const pattern = textOf(form.body, 'pattern').trim();
      const visibility = textOf(form.body, 'visibility');
      const options = checkForm(adoptRequestSchema, { pattern, visibility });
      return this.request({ kind: 'adopt', request: { registry: name, ...options } }, form);
    };
    await this.registryPages.run({ name, form, reply, formName: 'adopt', act });
  }

  @Post('move')
  @HttpCode(303)
  async move(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body } = form;
    const act = (): Promise<string> => {
      const input = { registry: name, delete_source: textOf(body, 'delete_source') === 'true' };
      const { registry, delete_source: deleteSource } = checkForm(moveRequestSchema, input);
      const request = { repository: textOf(body, 'repository').trim(), registry, deleteSource };
      return named('repository', this.request({ kind: 'move', request }, form));
    };
    await this.registryPages.run({ name, form, reply, formName: 'move', act });
  }

  private async request(request: OperationRequest, form: SubmittedForm): Promise<string> {
    const { id } = await this.operations.request(request, actorOf(form));
    return `/admin/operations/${id}`;
  }
}
