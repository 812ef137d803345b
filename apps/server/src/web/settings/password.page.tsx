import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { PasswordField } from '../components/password-field';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { SettingsFrame } from './settings-frame';

/** The change of one's own password. */
export function passwordPage(context: PageContext, minLength: number, { errors }: Refusal): Page {
  const { settings, forms } = context.messages;
  return {
    title: settings.pages.password,
    body: (
      <SettingsFrame context={context} page="password">
        <div class="narrow">
          <p>{settings.passwordText}</p>
          <FormMessage>{otherErrors(errors, ['password', 'current_password'])}</FormMessage>
          <form method="post" action="/settings/password">
            <FormToken context={context} />
            <PasswordField name="current_password" label={settings.currentPassword} errors={errors} />
            <PasswordField
              name="password"
              label={settings.newPassword}
              hint={forms.passwordHint(minLength)}
              errors={errors}
              isNew
            />
            <button>{forms.save}</button>
          </form>
        </div>
      </SettingsFrame>
    ),
  };
}
