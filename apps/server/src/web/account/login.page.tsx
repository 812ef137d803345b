import type { FieldError } from '@central-index/platform/errors';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { UsernameField } from './username-field';

/** What the log-in form holds. */
export interface LoginForm {
  readonly username: string;
  /** Where it leads. */
  readonly next: string;
  readonly errors: readonly FieldError[];
  readonly status?: number;
}

/** The log-in form. */
export function loginPage(context: PageContext, { username, next, errors, status }: LoginForm): Page {
  const { logIn, forms, site } = context.messages;
  return {
    title: logIn.title,
    ...(status === undefined ? {} : { status }),
    body: (
      <div class="narrow">
        <h1>{logIn.title}</h1>
        {next === '/' ? null : <p>{logIn.continueTo}</p>}
        <FormMessage>{otherErrors(errors, ['username', 'password'])}</FormMessage>
        <form method="post" action="/login">
          <FormToken context={context} />
          <input type="hidden" name="next" value={next} />
          <UsernameField label={forms.username} value={username} errors={errors} />
          <Field name="password" label={forms.password} errors={errors}>
            {(attributes) => (
              <input
                {...attributes}
                type="password"
                required
                maxLength={4096}
                autocomplete="current-password"
              />
            )}
          </Field>
          <button>{logIn.submit}</button>
        </form>
        <p>
          {logIn.noAccount} <a href="/signup">{site.signUp}</a>
        </p>
      </div>
    ),
  };
}
