import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import { verbatim } from './verbatim';

/** A repository as a list shows it. */
export interface ListedRepository {
  readonly namespace: string;
  readonly name: string;
  readonly description: string;
  readonly official: boolean;
  readonly automated: boolean;
  readonly isPrivate: boolean;
  readonly stars: number;
  readonly pulls: number;
  /** A line below it, such as why a search found it. */
  readonly note?: VNode;
}

/** The path of a repository's page. */
export function repositoryPath({
  namespace,
  name,
  official,
}: Pick<ListedRepository, 'namespace' | 'name' | 'official'>): string {
  return official || namespace === 'library' ? `/_/${name}` : `/r/${namespace}/${name}`;
}

interface RepositoryListProps {
  readonly context: PageContext;
  readonly repositories: readonly ListedRepository[];
  /** The level of the headings: the one below the list's own. */
  readonly heading: 'h2' | 'h3';
}

/** A list of repositories, best first. */
export function RepositoryList({ context, repositories, heading: Heading }: RepositoryListProps): VNode {
  const { counts } = context.messages;
  const { short } = context.formats;
  return (
    <ol class="repositories">
      {repositories.map((repository) => (
        <li key={`${repository.namespace}/${repository.name}`}>
          <article>
            <Heading>
              <a href={repositoryPath(repository)} {...verbatim}>
                {repository.official ? repository.name : `${repository.namespace}/${repository.name}`}
              </a>
              <Badges context={context} repository={repository} />
            </Heading>
            {repository.description === '' ? null : <p {...verbatim}>{repository.description}</p>}
            <p class="counts">
              <span>{counts.stars(short(repository.stars), repository.stars)}</span>
              <span>{counts.pulls(short(repository.pulls), repository.pulls)}</span>
            </p>
            {repository.note}
          </article>
        </li>
      ))}
    </ol>
  );
}

interface BadgesProps {
  readonly context: PageContext;
  readonly repository: Pick<ListedRepository, 'official' | 'automated' | 'isPrivate'>;
}

/** What sets a repository apart, in words. */
export function Badges({ context, repository }: BadgesProps): VNode {
  const { badges } = context.messages;
  return (
    <>
      {repository.official ? <span class="badge official">{badges.official}</span> : null}
      {repository.automated ? <span class="badge">{badges.automated}</span> : null}
      {repository.isPrivate ? <span class="badge">{badges.private}</span> : null}
    </>
  );
}
