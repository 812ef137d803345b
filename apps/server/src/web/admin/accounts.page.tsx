import { isDeleted, type Account } from '@central-index/accounts';
import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { TextField } from '../components/controls';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { Paging } from '../components/paging';
import { ShownOnce } from '../components/shown-once';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';

/** What the page of accounts shows. */
export interface AccountsView {
  readonly accounts: readonly Account[];
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly q: string;
  /** The address that was typed for an invitation. */
  readonly email: string;
  /** The invitation that was just made; its code is shown once. */
  readonly invite?: { readonly code: string; readonly expiresAt: Date };
  readonly errors: readonly FieldError[];
}

/** The accounts, newest first, a search among them, and invitations. */
export function accountsPage(context: PageContext, view: AccountsView): Page {
  const { admin } = context.messages;
  const { accounts, next, isFirst, q, invite, errors } = view;
  return {
    title: admin.pages.accounts,
    body: (
      <AdminFrame context={context} page="accounts">
        <FormMessage>{otherErrors(errors, ['email'])}</FormMessage>
        {invite === undefined ? null : (
          <ShownOnce context={context} secret={invite.code}>
            {admin.accounts.inviteOnce(context.formats.time(invite.expiresAt))}
          </ShownOnce>
        )}
        <form action="/admin/accounts" class="row" role="search" aria-label={admin.accounts.find}>
          <TextField name="q" label={admin.accounts.find} hint={admin.accounts.findHint} value={q} />
          <button>{context.messages.site.search}</button>
        </form>
        {accounts.length === 0 ? (
          <p>{admin.accounts.none}</p>
        ) : (
          <AccountsTable context={context} accounts={accounts} />
        )}
        <Paging context={context} path="/admin/accounts" filters={{ q }} next={next} isFirst={isFirst} />
        <Invitations context={context} view={view} />
      </AdminFrame>
    ),
  };
}

function AccountsTable({
  context,
  accounts,
}: {
  readonly context: PageContext;
  readonly accounts: readonly Account[];
}): VNode {
  const { accounts: texts, pages } = context.messages.admin;
  return (
    <Table name={pages.accounts} headings={[texts.name, texts.email, texts.state, texts.created]}>
      {accounts.map((account) => (
        <tr key={account.id}>
          <th scope="row" {...verbatim}>
            <a href={`/admin/accounts/${account.name}`}>{account.name}</a>
          </th>
          <td {...verbatim}>{account.email ?? ''}</td>
          <td>{accountState(context, account)}</td>
          <td>{context.formats.date(account.createdAt)}</td>
        </tr>
      ))}
    </Table>
  );
}

/** The state of an account in words. */
export function accountState({ messages }: PageContext, account: Account): string {
  const { states } = messages.admin.accounts;
  if (isDeleted(account)) return states.deleted;
  const { administrator, disabled } = account;
  return [administrator ? states.administrator : '', disabled ? states.disabled : states.active]
    .filter((text) => text !== '')
    .join(' · ');
}

function Invitations({
  context,
  view: { email, errors },
}: {
  readonly context: PageContext;
  readonly view: AccountsView;
}): VNode {
  const { accounts: texts } = context.messages.admin;
  return (
    <section class="narrow">
      <h2>{texts.invite}</h2>
      <p>{texts.inviteText}</p>
      <form method="post" action="/admin/accounts/invites">
        <FormToken context={context} once />
        <TextField
          name="email"
          type="email"
          label={texts.inviteEmail}
          hint={texts.inviteEmailHint}
          value={email}
          errors={errors}
        />
        <button>{texts.invite}</button>
      </form>
    </section>
  );
}
