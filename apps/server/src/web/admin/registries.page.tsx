import { registryKinds, tokenAlgorithms } from '@central-index/registries';
import type { PlacementRule } from '@central-index/repositories';
import type { VNode } from 'preact';
import { ActionButton } from '../components/actions';
import { Checkbox, SelectField, TextField } from '../components/controls';
import { FormMessage, FormToken, otherErrors } from '../components/form-fields';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { typedFlag, typedText, type TypedForm } from '../rendering/typed-form';
import { AdminFrame } from './admin-frame';
import type { RegistryState } from './overview-concerns';
import { RegistriesTable } from './registries-table';

/** What the page of registries shows. */
export interface RegistriesView {
  readonly registries: readonly RegistryState[];
  readonly rules: readonly PlacementRule[];
  /** The form that was not accepted. */
  readonly typed?: TypedForm;
  readonly refusal: Refusal;
}

interface RegistriesProps {
  readonly context: PageContext;
  readonly view: RegistriesView;
}

const fields = [
  'name',
  'url',
  'host',
  'hook_url',
  'service',
  'kind',
  'token_ttl',
  'token_algorithm',
  'pattern',
  'registry',
];

/** The registries, a form to add one, and the placement rules. */
export function registriesPage(context: PageContext, view: RegistriesView): Page {
  const { admin } = context.messages;
  const props = { context, view };
  return {
    title: admin.pages.registries,
    body: (
      <AdminFrame context={context} page="registries">
        <FormMessage>{otherErrors(view.refusal.errors, fields)}</FormMessage>
        {view.registries.length === 0 ? (
          <p>{admin.registries.none}</p>
        ) : (
          <RegistriesTable context={context} registries={view.registries} />
        )}
        <PlacementRules {...props} />
        <NewRegistry {...props} />
      </AdminFrame>
    ),
  };
}

function NewRegistry({ context, view: { typed, refusal } }: RegistriesProps): VNode {
  const { registries: texts, registry } = context.messages.admin;
  // Without a service of its own, a registry has its name as one: its error would be said twice.
  const isNamed = typedText(typed, 'add', 'service') !== '';
  const isWrong = refusal.errors.some(({ field: name }) => name === 'name');
  const errors = refusal.errors.filter(({ field: name }) => name !== 'service' || isNamed || !isWrong);
  const field = (name: string): { name: string; value: string; errors: typeof errors } => ({
    name,
    value: typedText(typed, 'add', name),
    errors,
  });
  return (
    <section class="narrow">
      <h2>{texts.add}</h2>
      <p>{texts.addText}</p>
      <form method="post" action="/admin/registries">
        <FormToken context={context} once />
        <TextField {...field('name')} label={texts.name} hint={texts.nameHint} required />
        <TextField {...field('url')} label={registry.url} hint={registry.urlHint} required />
        <SelectField
          name="kind"
          label={texts.kind}
          value={typedText(typed, 'add', 'kind', 'distribution3')}
          options={registryKinds.map((kind) => [kind, texts.kinds[kind]])}
          errors={errors}
        />
        <details open={errors.length > 0}>
          <summary>{texts.more}</summary>
          <TextField {...field('host')} label={texts.host} hint={registry.hostHint} />
          <TextField {...field('hook_url')} label={registry.hookUrl} hint={registry.hookUrlHint} />
          <TextField {...field('service')} label={registry.service} hint={registry.serviceHint} />
          <TextField {...field('token_ttl')} label={registry.tokenTtl} hint={registry.tokenTtlHint} />
          <SelectField
            name="token_algorithm"
            label={registry.tokenAlgorithm}
            value={typedText(typed, 'add', 'token_algorithm', 'ES256')}
            options={tokenAlgorithms.map((algorithm) => [algorithm, algorithm])}
            errors={errors}
          />
          <Checkbox
            name="behind_proxy"
            label={registry.behindProxy}
            checked={typedFlag(typed, 'add', 'behind_proxy')}
          />
        </details>
        <button>{texts.add}</button>
      </form>
    </section>
  );
}

function PlacementRules({ context, view }: RegistriesProps): VNode | null {
  const { placement } = context.messages.admin;
  const { registries, rules, typed, refusal } = view;
  if (registries.length === 0) return null;
  return (
    <section>
      <h2>{placement.title}</h2>
      <p>{placement.text}</p>
      {rules.length === 0 ? (
        <p>{placement.none}</p>
      ) : (
        <Table name={placement.title} headings={[placement.pattern, placement.registry, placement.action]}>
          {rules.map(({ pattern, registry }) => (
            <tr key={pattern}>
              <th scope="row" {...verbatim}>
                <code>{pattern}</code>
              </th>
              <td {...verbatim}>{registry}</td>
              <td>
                <ActionButton
                  context={context}
                  action="/admin/placement-rules/remove"
                  text={placement.remove}
                  subject={pattern}
                  hidden={{ pattern }}
                />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <form method="post" action="/admin/placement-rules" class="row">
        <FormToken context={context} once />
        <TextField
          name="pattern"
          label={placement.pattern}
          hint={placement.patternHint}
          value={typedText(typed, 'place', 'pattern')}
          errors={refusal.errors}
          required
        />
        <SelectField
          name="registry"
          label={placement.registry}
          value={typedText(typed, 'place', 'registry')}
          options={registries.map(({ registry: { name } }) => [name, name])}
          errors={refusal.errors}
        />
        <button>{placement.set}</button>
      </form>
    </section>
  );
}
