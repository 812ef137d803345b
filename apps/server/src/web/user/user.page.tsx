import type { VNode } from 'preact';
import type { ListDto } from '../../api/page.dto';
import type { RepositorySummaryDto } from '../../api/repositories.dto';
import type { PublicUserDto } from '../../api/users.dto';
import { RepositoryList } from '../components/repository-list';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';

/** What the page of a person shows. */
export interface UserView {
  readonly user: PublicUserDto;
  readonly repositories: ListDto<RepositorySummaryDto>;
  /** True if the reader is this person. */
  readonly isOwn: boolean;
  /** Whether the list is of the person's repositories or of those with a star from that person. */
  readonly section: 'repositories' | 'stars';
}

/** A person's repositories: the public ones, and to themselves the private ones and those they have starred as well. */
export function userPage(context: PageContext, view: UserView): Page {
  const { user: texts, search } = context.messages;
  const { user, repositories, isOwn, section } = view;
  const path = section === 'stars' ? `/u/${user.username}/stars` : `/u/${user.username}`;
  return {
    title: section === 'stars' ? texts.starsTitle(user.username) : texts.title(user.username),
    canonical: path,
    isPublic: section === 'repositories',
    body: (
      <>
        <h1 {...verbatim}>{user.username}</h1>
        <p class="lead">{texts.since(context.formats.date(new Date(user.created_at)))}</p>
        {isOwn ? <Sections context={context} view={view} /> : null}
        {repositories.items.length === 0 ? <p>{section === 'stars' ? texts.noStars : texts.none}</p> : null}
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
            <a href={`${path}?cursor=${encodeURIComponent(repositories.next)}`} rel="next">
              {search.next}
            </a>
          </p>
        )}
      </>
    ),
  };
}

function Sections({ context, view }: { readonly context: PageContext; readonly view: UserView }): VNode {
  const { user: texts } = context.messages;
  const path = `/u/${view.user.username}`;
  const sections = [
    ['repositories', path, texts.repositories],
    ['stars', `${path}/stars`, texts.stars],
  ] as const;
  return (
    <nav aria-label={texts.sections}>
      <ul class="tabs">
        {sections.map(([name, href, text]) => (
          <li key={name}>
            <a href={href} aria-current={name === view.section ? 'page' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
