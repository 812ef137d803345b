import type { FieldError } from '@central-index/platform/errors';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { PasswordField } from '../components/password-field';
import { UserText } from '../components/user-text';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';

/** What the form of a link that sets a password shows. */
export interface PasswordResetView {
  readonly token: string;
  readonly username: string;
  readonly expiresAt: Date;
  readonly minLength: number;
  readonly errors: readonly FieldError[];
}

/** The form of a link that sets the password of an account, once. */
export function passwordResetPage(context: PageContext, view: PasswordResetView): Page {
  const { passwordReset: texts } = context.messages.admin;
  const { forms } = context.messages;
  const { token, username, expiresAt, minLength, errors } = view;
  return {
    title: texts.title,
    body: (
      <div class="narrow">
        <h1>{texts.title}</h1>
        <p>{texts.text(context.formats.time(expiresAt))}</p>
        <FormMessage>{otherErrors(errors, ['password'])}</FormMessage>
        <form method="post" action={`/password-resets/${token}`}>
          <FormToken context={context} />
          <p>
            {forms.username}: <UserText>{username}</UserText>
          </p>
          {/* For password managers, which store both. */}
          <input type="hidden" name="username" value={username} autocomplete="username" />
          <PasswordField
            name="password"
            label={context.messages.settings.newPassword}
            hint={forms.passwordHint(minLength)}
            errors={errors}
            isNew
          />
          <button>{forms.save}</button>
        </form>
      </div>
    ),
  };
}

/** The page of a link that sets no password any more. */
export function invalidResetPage(context: PageContext): Page {
  const { passwordReset: texts } = context.messages.admin;
  return {
    title: texts.title,
    status: 404,
    body: (
      <div class="narrow">
        <h1>{texts.title}</h1>
        <p>{texts.invalid}</p>
      </div>
    ),
  };
}
