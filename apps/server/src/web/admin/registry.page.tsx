import type { VNode } from 'preact';
import { ActionButton, ConfirmedAction } from '../components/actions';
import { Facts } from '../components/facts';
import { FormMessage, otherErrors } from '../components/form-fields';
import { Paging } from '../components/paging';
import { Table } from '../components/table';
import { Time } from '../components/time';
import { EnglishText, Named, UserText } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';
import { registryConcerns } from './overview-concerns';
import { ReconcileFacts } from './reconcile-facts';
import { Adopt, Configuration, Move, Reconcile, Removal, Settings } from './registry-forms';
import type { RegistryProps, RegistryView } from './registry-view';

const fields = [
  'url',
  'host',
  'hook_url',
  'token_ttl',
  'limit',
  'certificate_path',
  'pattern',
  'visibility',
  'repository',
  'confirm',
];

/** One registry: its state, its parked events, and what administrators do with it. */
export function registryPage(context: PageContext, view: RegistryView): Page {
  const { registries: texts } = context.messages.admin;
  const { registry } = view.state;
  const props = { context, view };
  return {
    title: texts.title(registry.name),
    body: (
      <AdminFrame
        context={context}
        page="registries"
        heading={<Named text={texts.registry} name={registry.name} />}
      >
        <FormMessage>{otherErrors(view.refusal.errors, fields)}</FormMessage>
        <State {...props} />
        <Parked {...props} />
        <div class="columns">
          <Reconcile {...props} />
          <Adopt {...props} />
          <Move {...props} />
          <Configuration {...props} />
          <Settings {...props} />
          <Removal {...props} />
        </div>
      </AdminFrame>
    ),
  };
}

function State({ context, view }: RegistryProps): VNode {
  const { registries: texts, registry: labels, never } = context.messages.admin;
  const { formats } = context;
  const { registry, backlog, latestEvent, reconcile } = view.state;
  const concerns = registryConcerns(context, view.state);
  return (
    <>
      {concerns.length === 0 ? null : (
        <ul class="verdict bad">
          {concerns.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <form action={`/admin/registries/${registry.name}/doctor`}>
        <button>{texts.runDoctor}</button> <span class="hint">{texts.doctorHint}</span>
      </form>
      <div class="columns">
        <Facts
          facts={[
            [texts.host, <UserText>{registry.host}</UserText>],
            [labels.url, <UserText>{registry.url}</UserText>],
            [texts.kind, texts.kinds[registry.kind]],
            [labels.service, <UserText>{registry.service}</UserText>],
            [labels.tokenAlgorithm, <UserText>{registry.tokenAlgorithm}</UserText>],
            [texts.created, formats.time(registry.createdAt)],
          ]}
        />
        <Facts
          facts={[
            [texts.latestEvent, latestEvent === undefined ? never : formats.time(latestEvent)],
            [
              texts.pending,
              backlog?.oldest
                ? texts.pendingSince(formats.number(backlog.pending), formats.time(backlog.oldest))
                : formats.number(0),
            ],
            [texts.parked, formats.number(backlog?.parked ?? 0)],
          ]}
        />
        <section>
          <h2>{texts.latestReconcile}</h2>
          {reconcile === undefined ? (
            <p>{texts.outcomes.none}</p>
          ) : (
            <ReconcileFacts context={context} reconcile={reconcile} />
          )}
        </section>
      </div>
    </>
  );
}

function Parked({ context, view }: RegistryProps): VNode | null {
  const { parked: texts } = context.messages.admin;
  const { state, parked, isFirst, typed, refusal } = view;
  const { name } = state.registry;
  if (parked.items.length === 0) return null;
  const path = `/admin/registries/${name}`;
  return (
    <section>
      <h2>{texts.title}</h2>
      <p>{texts.text}</p>
      <ActionButton context={context} action={`${path}/events/retry`} text={texts.retry} />
      <Table name={texts.title} headings={[texts.received, texts.event, texts.reason, texts.body]}>
        {parked.items.map(({ id, event_id, reason, received_at, body }) => (
          <tr key={id}>
            <td>
              <Time context={context} at={new Date(received_at)} />
            </td>
            <th scope="row" {...verbatim}>
              <code>{event_id}</code>
            </th>
            <td>
              <EnglishText>{reason}</EnglishText>
            </td>
            <td>
              <details>
                <summary aria-label={`${texts.show}: ${event_id}`}>{texts.show}</summary>
                <pre>
                  <code {...verbatim}>{body}</code>
                </pre>
              </details>
            </td>
          </tr>
        ))}
      </Table>
      <Paging context={context} path={path} next={parked.next} isFirst={isFirst} />
      <details class="narrow" open={typed?.form === 'discard'}>
        <summary>{texts.discard}</summary>
        <p>{texts.discardText}</p>
        <ConfirmedAction
          context={context}
          action={`${path}/events/discard`}
          text={texts.discard}
          name={name}
          id="discard"
          errors={typed?.form === 'discard' ? refusal.errors : []}
        />
      </details>
    </section>
  );
}
