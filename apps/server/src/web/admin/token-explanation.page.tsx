import { explanationLines, type TokenExplanation } from '@central-index/tokens';
import { SelectField, TextField } from '../components/controls';
import { EnglishText, Named } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';

/** What the page that explains tokens shows. */
export interface TokenExplanationView {
  readonly account: string;
  /** The services of the registries. */
  readonly services: readonly string[];
  readonly service: string;
  readonly scope: string;
  /** Undefined before a scope was typed. */
  readonly explanation: TokenExplanation | undefined;
}

/** What a token of an account would grant, and why. */
export function tokenExplanationPage(context: PageContext, view: TokenExplanationView): Page {
  const { explanation: texts, accounts } = context.messages.admin;
  const { account, services, service, scope, explanation } = view;
  return {
    title: texts.title(account),
    body: (
      <AdminFrame context={context} page="accounts" heading={<Named text={texts.heading} name={account} />}>
        <p>{texts.text}</p>
        <form action={`/admin/accounts/${account}/token-explanation`} class="row">
          <SelectField
            name="service"
            label={texts.service}
            value={service}
            options={services.map((name) => [name, name])}
          />
          <TextField name="scope" label={texts.scope} hint={texts.scopeHint} value={scope} required />
          <button>{texts.explain}</button>
        </form>
        {explanation === undefined ? null : (
          <pre>
            <code {...verbatim}>
              <EnglishText>{explanationLines(explanation).join('\n')}</EnglishText>
            </code>
          </pre>
        )}
        <p>
          <a href={`/admin/accounts/${account}`}>{accounts.title(account)}</a>
        </p>
      </AdminFrame>
    ),
  };
}
