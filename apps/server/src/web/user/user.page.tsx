import type { ListDto } from '../../api/page.dto';
import type { RepositorySummaryDto } from '../../api/repositories.dto';
import type { PublicUserDto } from '../../api/users.dto';
import { RepositoryList } from '../components/repository-list';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { verbatim } from '../components/verbatim';

/** A person's repositories: the public ones, and to themselves the private ones as well. */
export function userPage(
  context: PageContext,
  user: PublicUserDto,
  repositories: ListDto<RepositorySummaryDto>,
): Page {
  const { user: texts, search } = context.messages;
  return {
    title: texts.title(user.username),
    canonical: `/u/${user.username}`,
    isPublic: true,
    body: (
      <>
        <h1 {...verbatim}>{user.username}</h1>
        <p class="lead">{texts.since(context.formats.date(new Date(user.created_at)))}</p>
        {repositories.items.length === 0 ? <p>{texts.none}</p> : null}
        <RepositoryList
          heading="h2"
          context={context}
          repositories={repositories.items.map((repository) => ({
            ...repository,
            isPrivate: repository.visibility === 'private',
          }))}
        />
        {repositories.next === null ? null : (
          <p>
            <a href={`/u/${user.username}?cursor=${encodeURIComponent(repositories.next)}`} rel="next">
              {search.next}
            </a>
          </p>
        )}
      </>
    ),
  };
}
