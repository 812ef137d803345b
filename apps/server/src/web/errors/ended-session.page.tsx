import type { VNode } from 'preact';
import { FormMessage, FormToken } from '../components/form-fields';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import { listOf, type FormBody } from '../rendering/form';
import { formTokenField, onceField } from '../rendering/form-tokens';
import type { PageContext } from '../rendering/page-context';

// Nothing of these is sent back.
const secretFields = [formTokenField, onceField, 'password', 'current_password'];

/** A form that was sent after its session had ended: what was typed, to be sent again after a login in another tab. */
export function endedSessionPage(context: PageContext, body: FormBody): Page {
  const { logIn, forms } = context.messages;
  const typed = Object.keys(body)
    .filter((name) => !secretFields.includes(name))
    .flatMap((name) => listOf(body, name).map((value) => [name, value] as const));
  return {
    title: logIn.title,
    status: 401,
    body: (
      <div class="narrow">
        <h1>{logIn.title}</h1>
        <FormMessage>{forms.ended}</FormMessage>
        <p>
          <a class="button" href="/login" target="_blank">
            {logIn.submit}
          </a>
        </p>
        <form method="post" action={context.address}>
          <FormToken context={context} />
          <Typed fields={typed} />
          <button class="second">{context.messages.admin.sendAgain}</button>
        </form>
      </div>
    ),
  };
}

function Typed({ fields }: { readonly fields: readonly (readonly [name: string, value: string])[] }): VNode {
  return (
    <>
      {fields.map(([name, value], at) => (
        <input key={at} type="hidden" name={name} value={value} />
      ))}
      <dl {...verbatim}>
        {fields.map(([name, value], at) => (
          <div key={at}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
