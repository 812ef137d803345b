import { ParkedEventsService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { toParkedEvent } from '../../admin/parked-events.dto';
import { writePage, type PageDto } from '../../api/page.dto';
import type { Page } from '../layout/document';
import { FormSubmissions, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import type { TypedForm } from '../rendering/typed-form';
import { nothingWrong } from './admin-form';
import { registryPage } from './registry.page';
import { RegistryStates } from './registry-states';

const firstPage: PageDto = { per_page: 20 };

/** A form of the page of a registry that was sent. */
export interface RegistrySubmission {
  readonly name: string;
  readonly form: SubmittedForm;
  readonly formName: string;
  readonly reply: FastifyReply;
  readonly act: (context: PageContext) => Promise<string | Page>;
}

/** The page of a registry, which several controllers show. */
@Injectable()
export class RegistryPages {
  constructor(
    private readonly states: RegistryStates,
    private readonly parkedEvents: ParkedEventsService,
    private readonly submissions: FormSubmissions,
  ) {}

  /** Runs a form of the page; the page shows what was wrong with it. */
  async run({ name, form, formName, reply, act }: RegistrySubmission): Promise<void> {
    const { request, body } = form;
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, name, firstPage, refusal, { form: formName, body });
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  /** The page with its state as it is now. Throws NOT_FOUND. */
  async page(
    context: PageContext,
    name: string,
    { per_page, cursor }: PageDto,
    refusal: Refusal = nothingWrong,
    typed?: TypedForm,
  ): Promise<Page> {
    const state = await this.states.one(name);
    const page = await this.parkedEvents.list(state.registry, { after: cursor, limit: per_page });
    const parked = writePage('parked-events', page, toParkedEvent);
    return registryPage(context, { state, parked, isFirst: cursor === undefined, refusal, typed });
  }
}
