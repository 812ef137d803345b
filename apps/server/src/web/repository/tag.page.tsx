import type { TagDetails } from '@central-index/registry-sync';
import { pullCommand } from '@central-index/repositories';
import type { VNode } from 'preact';
import type { ReferrersDto } from '../../api/referrers.dto';
import type { TagDto, TagMoveDto } from '../../api/tags.dto';
import { Command } from '../components/command';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { repositoryPath } from '../components/repository-list';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { ImageContents } from './image-contents';
import { Referrers } from './referrers';
import { RepositoryHead, type RepositoryView } from './repository-head';
import { pushedText } from './tags.page';

/** What the page of a tag shows. */
export interface TagPageProps {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly tag: TagDto;
  readonly history: readonly TagMoveDto[];
  /** Undefined if its registry did not say it in time. */
  readonly details: TagDetails | undefined;
  /** Undefined if its registry did not say it in time. */
  readonly referrers: ReferrersDto | undefined;
  /** What was wrong with the form of its deletion. */
  readonly refusal: Refusal;
}

/** One tag: how to pull it, its image per platform, what refers to it, and the images that it named before. */
export function tagPage(props: TagPageProps): Page {
  const { context, view, tag } = props;
  const { repository } = view;
  const { tags: texts, repositoryTexts } = context.messages;
  const reference = `${repository.full_name}:${tag.name}`;
  return {
    title: reference,
    description: repository.description,
    canonical: tagPath(view, tag),
    isPublic: repository.visibility === 'public',
    body: (
      <>
        <RepositoryHead context={context} view={view} section="tags" />
        <h2 {...verbatim}>{reference}</h2>
        <PullCommands context={context} view={view} tag={tag} />
        <Details context={context} tag={tag} />
        <ImageContents {...props} />
        <h3>{repositoryTexts.referrers}</h3>
        <Referrers
          context={context}
          tagsPath={`${repositoryPath(repository)}/tags`}
          found={props.referrers}
        />
        <h3>{texts.history}</h3>
        <History {...props} />
        {view.mayChange ? <TagDeletion {...props} /> : null}
      </>
    ),
  };
}

const tagPath = ({ repository }: RepositoryView, tag: TagDto): string =>
  `${repositoryPath(repository)}/tags/${encodeURIComponent(tag.name)}`;

function PullCommands({ context, view, tag }: Pick<TagPageProps, 'context' | 'view' | 'tag'>): VNode | null {
  const reference = referenceIn(view.repository.pull_command ?? '');
  const command = reference === undefined ? null : pullCommand(reference, { tag: tag.name, kind: tag.kind });
  if (command === null) return null;
  return (
    <>
      <Command context={context} text={command} />
      {tag.kind === 'image' || tag.kind === 'index' ? (
        <details>
          <summary>{context.messages.repositoryTexts.pullByDigest}</summary>
          <Command context={context} text={`docker pull ${reference}@${tag.digest}`} />
        </details>
      ) : null}
    </>
  );
}

// Host and path in the command of the repository, which names another tag.
const referenceIn = (command: string): string | undefined =>
  /(?:^| |oci:\/\/)([^\s/]+\/\S+?)(?::[^\s:/]+)?(?: --version \S+)?$/.exec(command)?.[1];

function Details({ context, tag }: Pick<TagPageProps, 'context' | 'tag'>): VNode {
  const { tags: texts, kinds } = context.messages;
  const { formats } = context;
  const facts: [name: string, value: string | VNode][] = [
    [texts.kind, kinds[tag.kind]],
    [texts.digest, <code>{tag.digest}</code>],
    [texts.mediaType, <code>{tag.media_type}</code>],
    [texts.size, tag.size === null ? texts.unknown : formats.bytes(tag.size)],
    [texts.built, tag.built_at === null ? texts.unknown : formats.time(new Date(tag.built_at))],
    [texts.pushed, pushedText(context, tag)],
    [texts.by, tag.pushed_by === null ? texts.unknown : <Account name={tag.pushed_by} />],
    ...labelFacts(context, tag),
  ];
  return (
    <dl class="facts" {...verbatim}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const linkLabels = ['source', 'url', 'documentation'] as const;

// What the image says of itself, under the names that the page of its repository has for it.
function labelFacts({ messages }: PageContext, { labels }: TagDto): [name: string, value: string | VNode][] {
  const { repository: texts, repositoryTexts } = messages;
  const plain = [
    ['title', repositoryTexts.imageTitle],
    ['description', repositoryTexts.imageDescription],
    ['vendor', texts.vendor],
    ['licenses', texts.licenses],
  ] as const;
  return [
    ...plain.flatMap(([name, text]): [string, string][] =>
      labels[name] === undefined ? [] : [[text, labels[name]]],
    ),
    ...linkLabels.flatMap((name): [string, VNode][] =>
      labels[name] === undefined ? [] : [[texts.links[name], <SourceLink address={labels[name]} />]],
    ),
  ];
}

function SourceLink({ address }: { readonly address: string }): VNode {
  return (
    <a href={address} rel="nofollow ugc noopener">
      {address}
    </a>
  );
}

function Account({ name }: { readonly name: string }): VNode {
  return <a href={`/u/${name}`}>{name}</a>;
}

function History({ context, history }: Pick<TagPageProps, 'context' | 'history'>): VNode {
  const { tags: texts } = context.messages;
  if (history.length === 0) return <p>{texts.historyNone}</p>;
  return (
    <ol class="history">
      {history.map((move, at) => (
        <li key={at}>
          <code {...verbatim}>{move.digest}</code> {pushedText(context, move)}{' '}
          {move.pushed_by === null ? null : (
            <span {...verbatim}>
              <Account name={move.pushed_by} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function TagDeletion({ context, view, tag, refusal: { errors } }: TagPageProps): VNode {
  const { tags: texts, forms } = context.messages;
  return (
    <section class="narrow">
      <h3>{texts.deleteTag}</h3>
      <FormMessage>{otherErrors(errors, ['confirm'])}</FormMessage>
      <form method="post" action={`${tagPath(view, tag)}/delete`}>
        <FormToken context={context} once />
        <Field
          name="confirm"
          label={forms.confirm(`${view.repository.full_name}:${tag.name}`)}
          errors={errors}
        >
          {(attributes) => (
            <input {...attributes} required autocomplete="off" autocapitalize="none" spellcheck={false} />
          )}
        </Field>
        <p>
          <label>
            <input type="checkbox" name="referrers" value="true" /> {texts.withReferrers}
          </label>
        </p>
        <button class="danger">{texts.deleteTag}</button>
      </form>
    </section>
  );
}
