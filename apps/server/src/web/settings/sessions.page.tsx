import type { RefreshTokenRecord, SessionRecord } from '@central-index/accounts';
import type { VNode } from 'preact';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { SettingsFrame } from './settings-frame';

/** The browsers in which a user is logged in. */
export function sessionsPage(
  context: PageContext,
  sessions: readonly SessionRecord[],
  currentId: string | undefined,
  { errors }: Refusal,
): Page {
  const { settings, tags } = context.messages;
  const { time } = context.formats;
  return {
    title: settings.pages.sessions,
    body: (
      <SettingsFrame context={context} page="sessions">
        <p>{settings.sessionsText}</p>
        <FormMessage>{otherErrors(errors, [])}</FormMessage>
        <Table
          name={settings.pages.sessions}
          headings={[settings.client, settings.address, settings.started, settings.lastSeen, settings.action]}
        >
          {sessions.map(({ id, userAgent, address, createdAt, lastSeenAt }) => (
            <tr key={id}>
              <th scope="row">{userAgent === '' ? tags.unknown : <span {...verbatim}>{userAgent}</span>}</th>
              <td>{address}</td>
              <td>{time(createdAt)}</td>
              <td>{id === currentId ? settings.current : time(lastSeenAt)}</td>
              <td>
                <EndForm context={context} action={`/settings/sessions/${id}/end`} text={settings.end} />
              </td>
            </tr>
          ))}
        </Table>
        <EndForm context={context} action="/settings/sessions/end" text={settings.endAll} />
      </SettingsFrame>
    ),
  };
}

/** The clients that stay logged in as a user. */
export function loginsPage(
  context: PageContext,
  logins: readonly RefreshTokenRecord[],
  { errors }: Refusal,
): Page {
  const { settings } = context.messages;
  const { time } = context.formats;
  return {
    title: settings.pages.logins,
    body: (
      <SettingsFrame context={context} page="logins">
        <p>{settings.loginsText}</p>
        <FormMessage>{otherErrors(errors, [])}</FormMessage>
        {logins.length === 0 ? (
          <p>{settings.noLogins}</p>
        ) : (
          <>
            <Table
              name={settings.pages.logins}
              headings={[
                settings.client,
                settings.service,
                settings.address,
                settings.started,
                settings.lastSeen,
                settings.action,
              ]}
            >
              {logins.map(({ id, client, service, address, createdAt, lastUsedAt }) => (
                <tr key={id}>
                  <th scope="row" {...verbatim}>
                    {client}
                  </th>
                  <td {...verbatim}>{service}</td>
                  <td>{address}</td>
                  <td>{time(createdAt)}</td>
                  <td>{lastUsedAt === null ? settings.never : time(lastUsedAt)}</td>
                  <td>
                    <EndForm context={context} action={`/settings/logins/${id}/end`} text={settings.end} />
                  </td>
                </tr>
              ))}
            </Table>
            <EndForm context={context} action="/settings/logins/end" text={settings.endAll} />
          </>
        )}
      </SettingsFrame>
    ),
  };
}

interface EndFormProps {
  readonly context: PageContext;
  readonly action: string;
  readonly text: string;
}

function EndForm({ context, action, text }: EndFormProps): VNode {
  return (
    <form method="post" action={action}>
      <FormToken context={context} />
      <button class="danger">{text}</button>
    </form>
  );
}
