import type { VNode } from 'preact';
import type { FieldError } from '@central-index/platform/errors';
import { Field, FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { PasswordField } from '../components/password-field';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { UsernameField } from './username-field';

/** What the sign-up form holds. */
export interface SignUpForm {
  readonly username: string;
  readonly email: string;
  readonly invite: string;
  readonly mode: 'open' | 'invite' | 'closed';
  readonly minPasswordLength: number;
  readonly errors: readonly FieldError[];
}

const fields = ['username', 'email', 'password', 'invite'];

/** The sign-up form, or the words that there is none. */
export function signUpPage(context: PageContext, form: SignUpForm): Page {
  const { signUp, logIn } = context.messages;
  return {
    title: signUp.title,
    body: (
      <div class="narrow">
        <h1>{signUp.title}</h1>
        {form.mode === 'closed' ? <p>{signUp.closed}</p> : <SignUpFields context={context} form={form} />}
        <p>
          {signUp.haveAccount} <a href="/login">{logIn.title}</a>
        </p>
      </div>
    ),
  };
}

function SignUpFields({
  context,
  form,
}: {
  readonly context: PageContext;
  readonly form: SignUpForm;
}): VNode {
  const { signUp, forms } = context.messages;
  const { errors } = form;
  return (
    <>
      <FormMessage>{otherErrors(errors, fields)}</FormMessage>
      <form method="post" action="/signup">
        <FormToken context={context} />
        <UsernameField
          label={forms.username}
          hint={forms.usernameHint}
          value={form.username}
          errors={errors}
        />
        <Field name="email" label={forms.email} errors={errors}>
          {(attributes) => (
            <input
              {...attributes}
              type="email"
              value={form.email}
              required
              maxLength={254}
              autocomplete="email"
            />
          )}
        </Field>
        <PasswordField
          name="password"
          label={forms.password}
          hint={forms.passwordHint(form.minPasswordLength)}
          errors={errors}
          isNew
        />
        {form.mode === 'invite' ? (
          <Field name="invite" label={forms.invite} errors={errors}>
            {(attributes) => (
              <input {...attributes} value={form.invite} required maxLength={100} autocomplete="off" />
            )}
          </Field>
        ) : null}
        <button>{signUp.submit}</button>
      </form>
    </>
  );
}
