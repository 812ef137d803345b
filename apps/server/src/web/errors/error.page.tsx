import type { DomainError } from '@central-index/platform/errors';
import type { Page } from '../layout/document';
import type { Messages } from '../messages/en';
import type { PageContext } from '../rendering/page-context';
import { fieldProblems, problemText } from '../rendering/problem-text';

/** The page of an error. `requestId` is in the log as well. */
export function errorPage(context: PageContext, error: DomainError, requestId: string): Page {
  const { errors } = context.messages;
  const fields = error.status < 500 ? (fieldProblems(error, context) ?? []) : [];
  const title = titleOf(errors.titles, error.status);
  return {
    title,
    status: error.status,
    body: (
      <div class="narrow">
        <h1>{title}</h1>
        <p>{textOf(context, error, requestId)}</p>
        {fields.length === 0 ? null : (
          <ul>
            {fields.map(({ field, label = field, message }) => (
              <li key={field}>{label === '' ? message : context.messages.problems.named(label, message)}</li>
            ))}
          </ul>
        )}
        <p>
          <a href="/">{errors.home}</a>
        </p>
      </div>
    ),
  };
}

function titleOf(titles: Messages['errors']['titles'], status: number): string {
  if (status === 404) return titles.notFound;
  if (status === 401 || status === 403) return titles.denied;
  if (status === 429) return titles.tooMany;
  if (status === 503) return titles.unavailable;
  return status < 500 ? titles.invalid : titles.internal;
}

function textOf(context: PageContext, error: DomainError, requestId: string): string {
  const { errors } = context.messages;
  if (error.status === 404) return errors.notFound;
  const isKnown = error.status < 500 || error.status === 503;
  return isKnown ? problemText(error, context) : errors.internal(requestId);
}
