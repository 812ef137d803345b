import type { VNode } from 'preact';
import type { RepositoryDto } from '../../api/repositories.dto';
import { FormToken } from '../components/form-fields';
import { Badges, repositoryPath } from '../components/repository-list';
import type { PageContext } from '../rendering/page-context';
import { verbatim } from '../components/verbatim';

/** A repository and what the caller has to do with it. */
export interface RepositoryView {
  readonly repository: RepositoryDto;
  readonly isStarred: boolean;
  /** True if the caller may change the repository. */
  readonly mayChange: boolean;
}

/** The parts of a repository's pages. */
export type RepositorySection = 'overview' | 'tags' | 'pulls' | 'stars' | 'settings';

interface RepositoryHeadProps {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly section: RepositorySection;
}

/** The top of every page of a repository: name, badges, counts, star, and the menu of its pages. */
export function RepositoryHead({ context, view, section }: RepositoryHeadProps): VNode {
  const { repository } = view;
  const { messages, formats } = context;
  const path = repositoryPath(repository);
  const sections: [RepositorySection, string, string][] = [
    ['overview', path, messages.repository.overview],
    ['tags', `${path}/tags`, `${messages.repository.tags} (${formats.number(repository.tags)})`],
    ['pulls', `${path}/pulls`, messages.repositoryTexts.pulls],
    ['stars', `${path}/stars`, messages.repositoryTexts.stars],
  ];
  if (view.mayChange) sections.push(['settings', `${path}/settings`, messages.repository.settings]);
  return (
    <>
      <div class="title">
        <h1 {...verbatim}>{repository.full_name}</h1>
        <Badges
          context={context}
          repository={{ ...repository, isPrivate: repository.visibility === 'private' }}
        />
        <Star context={context} view={view} />
      </div>
      {repository.description === '' ? null : (
        <p class="lead" {...verbatim}>
          {repository.description}
        </p>
      )}
      <p class="counts">
        <span>{messages.counts.stars(formats.number(repository.stars), repository.stars)}</span>
        <span>{messages.counts.pulls(formats.number(repository.pulls), repository.pulls)}</span>
      </p>
      <nav aria-label={messages.repository.sections}>
        <ul class="tabs">
          {sections.map(([name, href, text]) => (
            <li key={name}>
              <a href={href} aria-current={name === section ? 'page' : undefined}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

function Star({ context, view }: { readonly context: PageContext; readonly view: RepositoryView }): VNode {
  const { repository: texts } = context.messages;
  const path = repositoryPath(view.repository);
  if (context.account === undefined) {
    return (
      <a class="button" href={`/login?next=${encodeURIComponent(path)}`}>
        {texts.logInToStar}
      </a>
    );
  }
  return (
    <form method="post" action={`${path}/star`}>
      <FormToken context={context} />
      <input type="hidden" name="starred" value={view.isStarred ? 'false' : 'true'} />
      <button aria-pressed={view.isStarred}>{view.isStarred ? texts.unstar : texts.star}</button>
    </form>
  );
}
