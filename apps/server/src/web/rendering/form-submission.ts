import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { FormResponsesService, type Identity, type SubmittedOnce } from '@central-index/accounts';
import { DomainError, type FieldError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import type { CallerRequest } from '../../access/access.decorator';
import { setRateLimits } from '../../http/rate-limit-headers';
import type { Page } from '../layout/document';
import { endedSessionPage } from '../account/ended-session.page';
import { formErrors, textOf, type FormBody } from './form';
import { formTokenField, FormTokens, onceField } from './form-tokens';
import type { PageContext } from './page-context';
import { PageRenderer } from './page-renderer';

/** A form that was not accepted: what to say beside its fields, and the status of the page. */
export interface Refusal {
  readonly errors: readonly FieldError[];
  readonly status?: number;
}

/** A form as it was sent, by whom, and where the response goes. */
export interface SubmittedForm {
  readonly request: CallerRequest;
  readonly body: FormBody;
  readonly caller: Identity;
}

/** Parameter decorator: the form that was sent. The response is sent by `FormSubmissions`, so the route needs `@Res()`. */
export const Submitted = createParamDecorator((_: unknown, context: ExecutionContext): SubmittedForm => {
  const request = context.switchToHttp().getRequest<CallerRequest>();
  const { caller, body } = request;
  if (caller === undefined) throw new Error('the access rule of this route establishes no caller');
  return { request, caller, body: (body ?? {}) as FormBody };
});

/** One submission of a form. */
export interface Submission extends Omit<SubmittedForm, 'caller'> {
  readonly reply: FastifyReply;
  /** True if only signed-in callers may send it. They get it back if their session has ended meanwhile. */
  readonly needsAccount: boolean;
  /**
   * Does what the form is for. Returns the path that follows, a page to show instead, or where the browser sends the same
   * fields again.
   */
  readonly act: (context: PageContext) => Promise<string | Page | { readonly resumedAt: string }>;
  /** The form again, with what was typed. */
  readonly show: (context: PageContext, refusal: Refusal) => Page | Promise<Page>;
}

/** Runs submissions of forms in the same way for all pages: 303 after success, otherwise the form again with its errors. */
@Injectable()
export class FormSubmissions {
  constructor(
    private readonly forms: FormTokens,
    private readonly responses: FormResponsesService,
    private readonly pages: PageRenderer,
  ) {}

  /** Runs one submission and sends the response. Rethrows what the user cannot correct. */
  async run({ request, reply, body, needsAccount, act, show }: Submission): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    const refuse = async (refusal: Refusal): Promise<void> =>
      this.pages.send(reply, context, { ...(await show(context, refusal)), status: refusal.status ?? 422 });
    const { forms } = context.messages;
    if (needsAccount && context.account === undefined) {
      return this.pages.send(reply, context, endedSessionPage(context, body));
    }
    if (!this.forms.isValid(request, body[formTokenField])) {
      return refuse({ errors: [{ field: '', message: forms.stale }] });
    }
    try {
      const outcome = await this.outcomeOf(context, body, act);
      if ('location' in outcome) void reply.redirect(outcome.location, outcome.status);
      else this.pages.sendHtml(reply, context, outcome.html, outcome.status);
    } catch (error) {
      if (error instanceof DomainError && error.retryAfterSeconds !== undefined) {
        void reply.header('retry-after', error.retryAfterSeconds);
        setRateLimits(reply, error.rateLimits);
      }
      return refuse({ errors: formErrors(error, context), status: statusOf(error) });
    }
  }

  // Of a form that has one effect, a repeated submission gets what the first one got.
  private async outcomeOf(context: PageContext, body: FormBody, act: Submission['act']): Promise<Outcome> {
    const form = onceOf(context, body);
    if (form === undefined) return this.perform(context, act);
    const former = await this.responses.begin(form);
    if (former !== undefined) return JSON.parse(former) as Outcome;
    try {
      const outcome = await this.perform(context, act);
      await this.responses.complete(form, JSON.stringify(outcome));
      return outcome;
    } catch (error) {
      await this.responses.cancel(form);
      throw error;
    }
  }

  private async perform(context: PageContext, act: Submission['act']): Promise<Outcome> {
    const next = await act(context);
    if (typeof next === 'string') return { location: next, status: 303 };
    if ('resumedAt' in next) return { location: next.resumedAt, status: 307 };
    return { html: this.pages.htmlOf(context, next), status: next.status ?? 200 };
  }
}

type Outcome = ({ readonly location: string } | { readonly html: string }) & { readonly status: number };

function onceOf({ account }: PageContext, body: FormBody): SubmittedOnce | undefined {
  const secret = textOf(body, onceField);
  if (account === undefined || !/^[\w-]{22}$/.test(secret)) return undefined;
  return { account, secret, content: JSON.stringify(body) };
}

// What a form can correct is 422; who the caller is, what the caller may do and how often keeps its own status.
function statusOf(error: unknown): number {
  const status = error instanceof DomainError ? error.status : 500;
  return status === 400 || status === 409 ? 422 : status;
}
