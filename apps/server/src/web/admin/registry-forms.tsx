import type { VNode } from 'preact';
import { ConfirmedAction } from '../components/actions';
import { Checkbox, SelectField, TextField } from '../components/controls';
import { FormToken } from '../components/form-fields';
import { typedFlag, typedText } from '../rendering/typed-form';
import type { RegistryProps } from './registry-view';

/** A form that changes the addresses of a registry and the lifetime of its tokens. */
export function Settings({ context, view: { state, typed, refusal } }: RegistryProps): VNode {
  const { registry: texts, registries } = context.messages.admin;
  const { registry } = state;
  const { errors } = refusal;
  const field = (name: string, value: string): { name: string; value: string; errors: typeof errors } => ({
    name,
    value: typedText(typed, 'settings', name, value),
    errors,
  });
  return (
    <section>
      <h2>{texts.settings}</h2>
      <form method="post" action={`/admin/registries/${registry.name}/settings`}>
        <FormToken context={context} />
        <TextField {...field('url', registry.url)} label={texts.url} hint={texts.urlHint} required />
        <TextField
          {...field('host', registry.host)}
          label={registries.host}
          hint={texts.hostChange}
          required
        />
        <TextField
          {...field('hook_url', registry.hookUrl ?? '')}
          label={texts.hookUrl}
          hint={texts.hookUrlHint}
        />
        <TextField
          {...field('token_ttl', registry.tokenTtl === null ? '' : String(registry.tokenTtl))}
          label={texts.tokenTtl}
          hint={texts.tokenTtlHint}
        />
        <Checkbox
          name="behind_proxy"
          label={texts.behindProxy}
          checked={typedFlag(typed, 'settings', 'behind_proxy', registry.behindProxy ?? false)}
        />
        <button>{context.messages.forms.save}</button>
      </form>
    </section>
  );
}

/** A form that requests a reconcile. */
export function Reconcile({ context, view: { state, typed, refusal } }: RegistryProps): VNode {
  const { registry: texts } = context.messages.admin;
  return (
    <section>
      <h2>{texts.reconcile}</h2>
      <p>{texts.reconcileText}</p>
      <form method="post" action={`/admin/registries/${state.registry.name}/reconcile`}>
        <FormToken context={context} once />
        <Checkbox name="dry_run" label={texts.dryRun} checked={typedFlag(typed, 'reconcile', 'dry_run')} />
        <Checkbox name="full" label={texts.full} checked={typedFlag(typed, 'reconcile', 'full')} />
        <TextField
          name="limit"
          label={texts.limit}
          hint={texts.limitHint}
          value={typedText(typed, 'reconcile', 'limit')}
          errors={refusal.errors}
        />
        <button>{texts.reconcile}</button>
      </form>
    </section>
  );
}

/** A form that adopts repositories which the registry stores and the index does not know. */
export function Adopt({ context, view: { state, typed, refusal } }: RegistryProps): VNode {
  const { registry: texts } = context.messages.admin;
  const { visibility, visibilities } = context.messages.forms;
  return (
    <section>
      <h2>{texts.adopt}</h2>
      <p>{texts.adoptText}</p>
      <form method="post" action={`/admin/registries/${state.registry.name}/adopt`}>
        <FormToken context={context} once />
        <TextField
          name="pattern"
          label={texts.pattern}
          hint={texts.patternHint}
          value={typedText(typed, 'adopt', 'pattern')}
          errors={refusal.errors}
          required
        />
        <SelectField
          name="visibility"
          label={visibility}
          value={typedText(typed, 'adopt', 'visibility', 'private')}
          options={[
            ['private', visibilities.private],
            ['public', visibilities.public],
          ]}
          errors={refusal.errors}
        />
        <button>{texts.adopt}</button>
      </form>
    </section>
  );
}

/** A form that moves a repository here from another registry. */
export function Move({ context, view: { state, typed, refusal } }: RegistryProps): VNode {
  const { registry: texts } = context.messages.admin;
  return (
    <section>
      <h2>{texts.move}</h2>
      <p>{texts.moveText}</p>
      <form method="post" action={`/admin/registries/${state.registry.name}/move`}>
        <FormToken context={context} once />
        <TextField
          name="repository"
          label={texts.repository}
          hint={texts.repositoryHint}
          value={typedText(typed, 'move', 'repository')}
          errors={refusal.errors}
          required
        />
        <Checkbox
          name="delete_source"
          label={texts.deleteSource}
          checked={typedFlag(typed, 'move', 'delete_source')}
        />
        <button>{texts.move}</button>
      </form>
    </section>
  );
}

/** A form that shows the configuration of the registry again, with a new secret. */
export function Configuration({ context, view: { state, typed, refusal } }: RegistryProps): VNode {
  const { configuration: texts } = context.messages.admin;
  return (
    <section>
      <h2>{texts.fragment}</h2>
      <p>{texts.renewText}</p>
      <form method="post" action={`/admin/registries/${state.registry.name}/fragment`}>
        <FormToken context={context} once />
        <Checkbox
          name="full_config"
          label={texts.fullConfig}
          checked={typedFlag(typed, 'fragment', 'full_config')}
        />
        <TextField
          name="certificate_path"
          label={texts.certificatePath}
          hint={texts.certificatePathHint(state.registry.name)}
          value={typedText(typed, 'fragment', 'certificate_path')}
          errors={refusal.errors}
        />
        <button class="second">{texts.renew}</button>
      </form>
    </section>
  );
}

/** A form that removes the registry, after its name was typed. */
export function Removal({ context, view: { state, typed, refusal } }: RegistryProps): VNode {
  const { registry: texts } = context.messages.admin;
  const { name } = state.registry;
  return (
    <section>
      <h2>{texts.remove}</h2>
      <p>{texts.removeText}</p>
      <ConfirmedAction
        context={context}
        action={`/admin/registries/${name}/remove`}
        text={texts.remove}
        name={name}
        errors={typed?.form === 'remove' ? refusal.errors : []}
      >
        <Checkbox name="orphan" label={texts.orphan} checked={typedFlag(typed, 'remove', 'orphan')} />
      </ConfirmedAction>
    </section>
  );
}
