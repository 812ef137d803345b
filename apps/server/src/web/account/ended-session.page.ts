import type { Page } from '../layout/document';
import type { FormBody } from '../rendering/form';
import type { PageContext } from '../rendering/page-context';
import { loginPage } from './login.page';
import { resumedForm } from './resumed-form';

/**
 * The log-in form for a form whose session has ended, which is sent again after the log-in. It shows nothing that depends
 * on what the form is about: only its owner may know that it exists.
 */
export function endedSessionPage(context: PageContext, body: FormBody): Page {
  const errors = [{ field: '', message: context.messages.forms.ended }];
  const resumed = resumedForm(context.address, body);
  return { ...loginPage(context, { username: '', next: '/', errors, resumed }), status: 401 };
}
