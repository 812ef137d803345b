import type { ListDto } from '../../api/page.dto';
import type { StargazerDto } from '../../api/stars.dto';
import { repositoryPath } from '../components/repository-list';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { RepositoryHead, type RepositoryView } from './repository-head';

/** Who has given a repository a star. */
export function stargazersPage(
  context: PageContext,
  view: RepositoryView,
  stargazers: ListDto<StargazerDto>,
): Page {
  const { repository } = view;
  const { repositoryTexts: texts, forms, search } = context.messages;
  const path = `${repositoryPath(repository)}/stars`;
  return {
    title: texts.starsTitle(repository.full_name),
    canonical: path,
    isPublic: repository.visibility === 'public',
    body: (
      <>
        <RepositoryHead context={context} view={view} section="stars" />
        {stargazers.items.length === 0 ? (
          <p>{repository.stars === 0 ? texts.noStars : texts.importedStars}</p>
        ) : (
          <Table name={texts.stars} headings={[forms.username, texts.starredAt]}>
            {stargazers.items.map(({ username, starred_at }) => (
              <tr key={username}>
                <th scope="row">
                  <a href={`/u/${username}`} {...verbatim}>
                    {username}
                  </a>
                </th>
                <td>{context.formats.time(new Date(starred_at))}</td>
              </tr>
            ))}
          </Table>
        )}
        {stargazers.next === null ? null : (
          <p>
            <a href={`${path}?cursor=${encodeURIComponent(stargazers.next)}`} rel="next">
              {search.next}
            </a>
          </p>
        )}
      </>
    ),
  };
}
