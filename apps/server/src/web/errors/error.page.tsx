import type { DomainError } from '@central-index/platform/errors';
import type { Page } from '../layout/document';
import type { Messages } from '../messages/en';
import type { PageContext } from '../rendering/page-context';

/** The page of an error. `requestId` is in the log as well. */
export function errorPage(context: PageContext, error: DomainError, requestId: string): Page {
  const { errors } = context.messages;
  const title = titleOf(errors.titles, error.status);
  return {
    title,
    status: error.status,
    body: (
      <div class="narrow">
        <h1>{title}</h1>
        <p>{textOf(context, error, requestId)}</p>
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

function textOf({ messages: { errors } }: PageContext, error: DomainError, requestId: string): string {
  if (error.status === 404) return errors.notFound;
  if (error.status === 503) return errors.unavailable;
  return error.status < 500 ? error.message : errors.internal(requestId);
}
