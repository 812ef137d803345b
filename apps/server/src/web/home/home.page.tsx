import type { ActivityRow } from '@central-index/repositories';
import type { VNode } from 'preact';
import { Command } from '../components/command';
import { RepositoryList, repositoryPath, type ListedRepository } from '../components/repository-list';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';

/** The caller's own repositories, and what happened in them lately. */
export interface OwnView {
  readonly repositories: readonly ListedRepository[];
  readonly events: readonly ActivityRow[];
}

/** What the home page shows. */
export interface HomeView {
  readonly official: readonly ListedRepository[];
  readonly popular: readonly ListedRepository[];
  readonly recent: readonly ListedRepository[];
  /** What belongs to the caller; undefined for anonymous callers. */
  readonly own: OwnView | undefined;
  /** True until the index has an administrator. */
  readonly isNew: boolean;
}

/** The home page: official, popular and recently pushed images, and the caller's own. */
export function homePage(context: PageContext, view: HomeView): Page {
  const { home } = context.messages;
  const isEmpty = view.official.length + view.popular.length + view.recent.length === 0;
  return {
    title: home.title,
    description: home.lead,
    canonical: '/',
    isPublic: true,
    body: (
      <>
        <h1>{home.title}</h1>
        <p class="lead">{home.lead}</p>
        {view.isNew ? <SetUp context={context} /> : null}
        {view.own === undefined ? null : <Own context={context} own={view.own} />}
        {isEmpty ? <p>{home.empty}</p> : null}
        <div class="columns">
          <Shelf context={context} title={home.official} link="/search?official=true" rows={view.official} />
          <Shelf context={context} title={home.popular} link="/search" rows={view.popular} />
          <Shelf context={context} title={home.recent} link="/search?sort=pushed" rows={view.recent} />
        </div>
      </>
    ),
  };
}

interface ShelfProps {
  readonly context: PageContext;
  readonly title: string;
  readonly link: string;
  readonly rows: readonly ListedRepository[];
}

function Shelf({ context, title, link, rows }: ShelfProps): VNode | null {
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <RepositoryList heading="h3" context={context} repositories={rows} />
      <p>
        <a href={link}>
          {context.messages.home.all}
          <span class="hidden">: {title}</span>
        </a>
      </p>
    </section>
  );
}

interface OwnProps {
  readonly context: PageContext;
  readonly own: OwnView;
}

function Own({ context, own }: OwnProps): VNode {
  return (
    <div class="columns">
      <OwnRepositories context={context} own={own} />
      {own.events.length === 0 ? null : <Events context={context} own={own} />}
    </div>
  );
}

function Events({ context, own: { events } }: OwnProps): VNode {
  const { home } = context.messages;
  return (
    <section>
      <h2>{home.activity}</h2>
      <ol class="events">
        {events.map((event, at) => {
          const official = event.path.startsWith('library/');
          const [namespace = '', name = ''] = event.path.split('/');
          const path = repositoryPath({ namespace, name, official });
          const shown = official ? name : event.path;
          const isPush = event.kind === 'push';
          return (
            <li key={at}>
              <a href={isPush ? `${path}/tags/${encodeURIComponent(event.tag)}` : path} {...verbatim}>
                {isPush ? `${shown}:${event.tag}` : shown}
              </a>{' '}
              {isPush ? home.pushed(event.by) : home.starred(event.by ?? '')}
              <span class="hint">{context.formats.time(event.at)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function OwnRepositories({ context, own: { repositories } }: OwnProps): VNode {
  const { home, site } = context.messages;
  return (
    <section>
      <h2>{home.own}</h2>
      {repositories.length === 0 ? (
        <p>
          {home.ownEmpty} <a href="/new">{site.newRepository}</a>
        </p>
      ) : (
        <>
          <RepositoryList heading="h3" context={context} repositories={repositories} />
          <p>
            <a href={`/u/${context.account!.name}`}>
              {home.all}
              <span class="hidden">: {home.own}</span>
            </a>
          </p>
        </>
      )}
    </section>
  );
}

function SetUp({ context }: { readonly context: PageContext }): VNode {
  const { home } = context.messages;
  return (
    <section class="notice">
      <p>{home.setUp}</p>
      <Command context={context} text="npx central-index admin create NAME --email ADDRESS" />
      <p>{home.setUpNext}</p>
      <Command
        context={context}
        text="npx central-index registry add main --url http://localhost:5000 --kind distribution3"
      />
    </section>
  );
}
