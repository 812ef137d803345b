import type { UserDto } from '../../api/users.dto';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { PasswordField } from '../components/password-field';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { SettingsFrame } from './settings-frame';

/** A user's own account: the e-mail address, and the end of the account. */
export function profilePage(context: PageContext, user: UserDto, email: string, { errors }: Refusal): Page {
  const { settings, forms } = context.messages;
  const deletion = errors.filter(({ field }) => field === 'confirm' || field === 'password');
  return {
    title: settings.pages.profile,
    body: (
      <SettingsFrame context={context} page="profile">
        <div class="narrow">
          <FormMessage>{otherErrors(errors, ['email', 'confirm', 'password'])}</FormMessage>
          <form method="post" action="/settings/profile">
            <FormToken context={context} />
            <p>
              {forms.username}: <code {...verbatim}>{user.username}</code>
            </p>
            <Field name="email" label={forms.email} errors={errors}>
              {(attributes) => (
                <input
                  {...attributes}
                  type="email"
                  value={email}
                  required
                  maxLength={254}
                  autocomplete="email"
                />
              )}
            </Field>
            <button>{forms.save}</button>
          </form>
          <h2>{settings.deleteAccount}</h2>
          <p>{settings.deleteAccountText}</p>
          <form method="post" action="/settings/delete">
            <FormToken context={context} />
            <Field name="confirm" label={forms.confirm(user.username)} errors={deletion}>
              {(attributes) => <input {...attributes} required autocomplete="off" spellcheck={false} />}
            </Field>
            <PasswordField name="password" label={forms.password} errors={deletion} />
            <button class="danger">{settings.deleteAccount}</button>
          </form>
        </div>
      </SettingsFrame>
    ),
  };
}
