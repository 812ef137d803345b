import type { VNode } from 'preact';
import { Command } from '../components/command';
import { repositoryPath } from '../components/repository-list';
import type { Page } from '../layout/document';
import { renderMarkdown } from '../rendering/markdown';
import type { PageContext } from '../rendering/page-context';
import { RepositoryHead, type RepositoryView } from './repository-head';
import { verbatim } from '../components/verbatim';

/** The first page of a repository: how to pull it, its README, and what is known about it. */
export function overviewPage(context: PageContext, view: RepositoryView, pushHost: string | undefined): Page {
  const { repository } = view;
  const { repository: texts } = context.messages;
  return {
    title: repository.full_name,
    description: repository.description,
    canonical: repositoryPath(repository),
    isPublic: repository.visibility === 'public',
    feed: { path: feedPath(repository), title: context.messages.repositoryTexts.feed(repository.full_name) },
    body: (
      <>
        <RepositoryHead context={context} view={view} section="overview" />
        <div class="with-aside">
          <section>
            {repository.pull_command === null ? (
              <NotPushed context={context} view={view} pushHost={pushHost} />
            ) : (
              <>
                <h2>{texts.pullCommand}</h2>
                <Command context={context} text={repository.pull_command} />
              </>
            )}
            <h2>{texts.readme}</h2>
            {repository.readme === '' ? (
              <p>{texts.noReadme}</p>
            ) : (
              <article
                class="readme"
                {...verbatim}
                dangerouslySetInnerHTML={{
                  __html: renderMarkdown(repository.readme, { source: repository.labels['source'] }),
                }}
              />
            )}
          </section>
          <About context={context} view={view} />
        </div>
      </>
    ),
  };
}

const feedPath = (repository: RepositoryView['repository']): string =>
  `${repositoryPath(repository)}/feed.atom`;

interface NotPushedProps {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly pushHost: string | undefined;
}

function NotPushed({ context, view, pushHost }: NotPushedProps): VNode {
  const { repository: texts, help } = context.messages;
  const { repository } = view;
  if (context.account?.name !== repository.namespace) return <p>{texts.notPushed}</p>;
  if (pushHost === undefined) return <p>{help.noRegistry}</p>;
  const image = `${pushHost}/${repository.namespace}/${repository.name}`;
  return (
    <>
      <p>
        {texts.notPushed} {texts.pushWith}
      </p>
      <Command context={context} text={`docker login ${pushHost}`} />
      <Command context={context} text={`docker tag IMAGE ${image}`} />
      <Command context={context} text={`docker push ${image}`} />
    </>
  );
}

function About({ context, view }: { readonly context: PageContext; readonly view: RepositoryView }): VNode {
  const { repository } = view;
  const { repository: texts, kinds } = context.messages;
  const { formats } = context;
  const { labels } = repository;
  const links = (['source', 'url', 'documentation'] as const).filter((name) => labels[name] !== undefined);
  return (
    <aside aria-label={texts.about}>
      <h2>{texts.about}</h2>
      <dl>
        {repository.pushed_at === null ? null : (
          <Fact name={texts.pushed}>{formats.time(new Date(repository.pushed_at))}</Fact>
        )}
        <Fact name={texts.updated}>{formats.time(new Date(repository.updated_at))}</Fact>
        <Fact name={texts.created}>{formats.date(new Date(repository.created_at))}</Fact>
        {repository.registry === null ? null : (
          <Fact name={texts.registry} isVerbatim>
            {repository.registry}
          </Fact>
        )}
        {repository.kinds.length === 0 ? null : (
          <Fact name={context.messages.tags.kind}>
            {repository.kinds.map((kind) => kinds[kind]).join(', ')}
          </Fact>
        )}
        {labels['licenses'] === undefined ? null : (
          <Fact name={texts.licenses} isVerbatim>
            {labels['licenses']}
          </Fact>
        )}
        {labels['vendor'] === undefined ? null : (
          <Fact name={texts.vendor} isVerbatim>
            {labels['vendor']}
          </Fact>
        )}
        {links.map((name) => (
          <Fact key={name} name={texts.links[name]}>
            <a href={labels[name]} rel="nofollow ugc noopener" {...verbatim}>
              {labels[name]}
            </a>
          </Fact>
        ))}
      </dl>
      <p>
        <a href={feedPath(repository)}>{context.messages.repositoryTexts.feedLink}</a>
      </p>
    </aside>
  );
}

interface FactProps {
  readonly name: string;
  /** True for what users wrote. */
  readonly isVerbatim?: boolean;
  readonly children: VNode | string;
}

function Fact({ name, isVerbatim = false, children }: FactProps): VNode {
  return (
    <>
      <dt>{name}</dt>
      <dd {...(isVerbatim ? verbatim : {})}>{children}</dd>
    </>
  );
}
