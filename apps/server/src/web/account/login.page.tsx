import type { FieldError } from '@central-index/platform/errors';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { PasswordField } from '../components/password-field';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { resumeField, type ResumedForm } from './resumed-form';
import { UsernameField } from './username-field';

/** What the log-in form holds. */
export interface LoginForm {
  readonly username: string;
  /** Where it leads. */
  readonly next: string;
  readonly errors: readonly FieldError[];
  /** What was typed into another form when the session had ended. */
  readonly resumed?: ResumedForm;
}

/** The log-in form. */
export function loginPage(context: PageContext, { username, next, errors, resumed }: LoginForm): Page {
  const { logIn, forms, site } = context.messages;
  return {
    title: logIn.title,
    body: (
      <div class="narrow">
        <h1>{logIn.title}</h1>
        {next === '/' || resumed !== undefined ? null : <p>{logIn.continueTo}</p>}
        <FormMessage>{otherErrors(errors, ['username', 'password'])}</FormMessage>
        <form method="post" action="/login">
          <FormToken context={context} />
          <input type="hidden" name="next" value={next} />
          {resumed === undefined ? null : (
            <>
              <input type="hidden" name={resumeField} value={resumed.action} />
              {resumed.fields.map(([name, value], at) => (
                <input key={at} type="hidden" name={name} value={value} />
              ))}
            </>
          )}
          <UsernameField label={forms.username} value={username} errors={errors} />
          <PasswordField name="password" label={forms.password} errors={errors} />
          <button>{logIn.submit}</button>
        </form>
        <p>
          {logIn.noAccount} <a href="/signup">{site.signUp}</a>
        </p>
      </div>
    ),
  };
}
