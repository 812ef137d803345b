import { isDeleted, type Account } from '@central-index/accounts';
import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { ActionButton, ConfirmedAction } from '../components/actions';
import { TextField } from '../components/controls';
import { Facts } from '../components/facts';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { ShownOnce } from '../components/shown-once';
import { Named, UserText } from '../components/user-text';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { accountState } from './accounts.page';
import { AdminFrame } from './admin-frame';

/** What the page of an account shows. */
export interface AccountView {
  readonly account: Account;
  readonly namespaces: readonly string[];
  readonly sessions: number;
  readonly accessTokens: number;
  /** True when wrong passwords have locked the account. */
  readonly locked: boolean;
  /** A link that sets the password, just made; it is shown once. */
  readonly reset?: { readonly link: string; readonly expiresAt: Date };
  /** The namespace that was typed. */
  readonly namespace: string;
  readonly errors: readonly FieldError[];
}

interface AccountProps {
  readonly context: PageContext;
  readonly view: AccountView;
}

/** One account, and what administrators do with it. */
export function accountPage(context: PageContext, view: AccountView): Page {
  const { admin } = context.messages;
  const { account, reset, errors } = view;
  const props = { context, view };
  return {
    title: admin.accounts.title(account.name),
    body: (
      <AdminFrame
        context={context}
        page="accounts"
        heading={<Named text={admin.accounts.account} name={account.name} />}
      >
        <FormMessage>{otherErrors(errors, ['namespace', 'confirm'])}</FormMessage>
        {reset === undefined ? null : (
          <ShownOnce context={context} secret={reset.link}>
            {admin.accounts.resetOnce(context.formats.time(reset.expiresAt))}
          </ShownOnce>
        )}
        <AccountFacts {...props} />
        {isDeleted(account) ? null : (
          <div class="narrow">
            <SignIn {...props} />
            <Role {...props} />
            <Namespaces {...props} />
            <Deletion {...props} />
          </div>
        )}
      </AdminFrame>
    ),
  };
}

function AccountFacts({ context, view }: AccountProps): VNode {
  const { accounts: texts } = context.messages.admin;
  const { account, namespaces, sessions, accessTokens, locked } = view;
  const { number } = context.formats;
  const state = accountState(context, account);
  return (
    <>
      <Facts
        facts={[
          [texts.state, locked ? `${state} · ${texts.states.locked}` : state],
          [texts.email, <UserText>{account.email ?? '–'}</UserText>],
          [texts.emailVerified, account.emailVerified ? texts.yes : texts.no],
          [texts.created, context.formats.time(account.createdAt)],
          [texts.namespaces, <UserText>{namespaces.join(', ') || '–'}</UserText>],
          [texts.accessTokens, number(accessTokens)],
          [texts.sessions, number(sessions)],
        ]}
      />
      <p>
        <a href={`/u/${account.name}`}>{texts.repositories}</a> ·{' '}
        <a href={`/admin/audit?actor=${account.name}`}>{texts.auditOf}</a> ·{' '}
        <a href={`/admin/audit?subject=${account.name}`}>{texts.auditAbout}</a> ·{' '}
        <a href={`/admin/accounts/${account.name}/token-explanation`}>{texts.explanation}</a>
      </p>
    </>
  );
}

function SignIn({ context, view }: AccountProps): VNode {
  const { accounts: texts } = context.messages.admin;
  const { account, locked } = view;
  const path = `/admin/accounts/${account.name}`;
  const own = context.account?.id === account.id;
  return (
    <>
      <h2>{texts.signIn}</h2>
      {account.disabled ? (
        <>
          <p>{texts.enableText}</p>
          <ActionButton context={context} action={`${path}/enable`} text={texts.enable} />
        </>
      ) : (
        <>
          <p>{texts.resetText}</p>
          <ActionButton context={context} action={`${path}/reset-password`} text={texts.reset} />
          {locked ? (
            <>
              <p>{texts.unlockText}</p>
              <ActionButton context={context} action={`${path}/unlock`} text={texts.unlock} />
            </>
          ) : null}
          <p>{own ? texts.own : texts.disableText}</p>
          {own ? null : <ActionButton context={context} action={`${path}/disable`} text={texts.disable} />}
        </>
      )}
    </>
  );
}

function Role({ context, view: { account } }: AccountProps): VNode | null {
  const { accounts: texts } = context.messages.admin;
  if (account.disabled || context.account?.id === account.id) return null;
  const action = account.administrator ? 'revoke' : 'grant';
  return (
    <>
      <h2>{texts.role}</h2>
      <p>{account.administrator ? texts.revokeText : texts.grantText}</p>
      <ActionButton
        context={context}
        action={`/admin/accounts/${account.name}/${action}`}
        text={texts[action]}
      />
    </>
  );
}

function Namespaces({ context, view }: AccountProps): VNode | null {
  const { accounts: texts } = context.messages.admin;
  const { account, namespace, errors } = view;
  if (account.disabled) return null;
  return (
    <>
      <h2>{texts.assign}</h2>
      <p>{texts.assignText}</p>
      <form method="post" action={`/admin/accounts/${account.name}/namespaces`}>
        <FormToken context={context} once />
        <TextField
          name="namespace"
          label={context.messages.forms.namespace}
          value={namespace}
          errors={errors}
          required
        />
        <button>{texts.assign}</button>
      </form>
    </>
  );
}

function Deletion({ context, view: { account, errors } }: AccountProps): VNode | null {
  const { accounts: texts } = context.messages.admin;
  if (context.account?.id === account.id) return null;
  return (
    <>
      <h2>{texts.delete}</h2>
      <p>{texts.deleteText}</p>
      <ConfirmedAction
        context={context}
        action={`/admin/accounts/${account.name}/delete`}
        text={texts.delete}
        name={account.name}
        errors={errors}
      />
    </>
  );
}
