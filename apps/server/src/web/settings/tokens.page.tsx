import type { VNode } from 'preact';
import type { AccessTokenDto } from '../../api/access-tokens.dto';
import type { ListDto } from '../../api/page.dto';
import { Command } from '../components/command';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { SettingsFrame } from './settings-frame';

/** What may be permitted to an access token. */
export const tokenPermissions = ['pull', 'push', 'delete', 'metadata'] as const;

/** What the form of a new access token holds. */
export interface TokenForm {
  readonly label: string;
  readonly permissions: readonly string[];
  /** Patterns, one a line. */
  readonly repositories: string;
  readonly days: string;
}

/** What the page of access tokens shows. */
export interface TokensView {
  readonly tokens: ListDto<AccessTokenDto>;
  readonly form: TokenForm;
  /** The secret of the token that was just made; it is shown once. */
  readonly secret?: string;
  readonly refusal: Refusal;
}

/** Access tokens: those there are, and a form for another one. */
export function tokensPage(context: PageContext, view: TokensView): Page {
  const { settings, search } = context.messages;
  const { tokens, secret } = view;
  return {
    title: settings.pages.tokens,
    body: (
      <SettingsFrame context={context} page="tokens">
        <p>{settings.tokensText}</p>
        {secret === undefined ? null : (
          <div class="notice" role="status">
            <p>{settings.tokenOnce}</p>
            <Command context={context} text={secret} />
          </div>
        )}
        {tokens.items.length === 0 ? <p>{settings.noTokens}</p> : null}
        {tokens.items.map((token) => (
          <TokenItem key={token.id} context={context} token={token} />
        ))}
        {tokens.next === null ? null : (
          <p>
            <a href={`/settings/tokens?cursor=${encodeURIComponent(tokens.next)}`}>{search.next}</a>
          </p>
        )}
        <h2>{settings.newToken}</h2>
        <NewTokenForm context={context} form={view.form} refusal={view.refusal} />
      </SettingsFrame>
    ),
  };
}

function TokenItem({
  context,
  token,
}: {
  readonly context: PageContext;
  readonly token: AccessTokenDto;
}): VNode {
  const { settings } = context.messages;
  const date = (time: string | null, none: string): string =>
    time === null ? none : context.formats.time(new Date(time));
  return (
    <article class="item">
      <h2 {...verbatim}>{token.label}</h2>
      <p class="counts">
        <span {...verbatim}>{token.permissions.join(', ')}</span>
        <span {...verbatim}>{token.repositories.join(', ')}</span>
        <span>{settings.expires(date(token.expires_at, settings.never))}</span>
        <span>{settings.lastUsed(date(token.last_used_at, settings.never))}</span>
      </p>
      <form method="post" action={`/settings/tokens/${token.id}/revoke`}>
        <FormToken context={context} once />
        <button class="danger" aria-label={`${settings.revoke}: ${token.label}`}>
          {settings.revoke}
        </button>
      </form>
    </article>
  );
}

interface NewTokenFormProps {
  readonly context: PageContext;
  readonly form: TokenForm;
  readonly refusal: Refusal;
}

function NewTokenForm({ context, form, refusal: { errors } }: NewTokenFormProps): VNode {
  const { settings } = context.messages;
  return (
    <form method="post" action="/settings/tokens" class="narrow">
      <FormToken context={context} once />
      <FormMessage>{otherErrors(errors, ['label', 'repositories', 'expires_at'])}</FormMessage>
      <Field name="label" label={settings.label} hint={settings.labelHint} errors={errors}>
        {(attributes) => (
          <input {...attributes} value={form.label} required maxLength={200} autocomplete="off" />
        )}
      </Field>
      <fieldset>
        <legend>{settings.permissions}</legend>
        {tokenPermissions.map((name) => (
          <label key={name}>
            <input
              type="checkbox"
              name="permissions"
              value={name}
              checked={form.permissions.includes(name)}
            />{' '}
            {settings.permissionNames[name]}
          </label>
        ))}
      </fieldset>
      <Field
        name="repositories"
        label={settings.repositories}
        hint={settings.repositoriesHint}
        errors={errors}
      >
        {(attributes) => (
          <textarea {...attributes} rows={3} required maxLength={10_000} spellcheck={false}>
            {form.repositories}
          </textarea>
        )}
      </Field>
      <Field name="expires_at" label={settings.expiresIn} errors={errors}>
        {(attributes) => (
          <input {...attributes} name="days" type="number" min="1" max="3650" value={form.days} />
        )}
      </Field>
      <button>{settings.create}</button>
    </form>
  );
}
