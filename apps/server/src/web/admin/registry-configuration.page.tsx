import type { Registry } from '@central-index/registries';
import type { RegistryConfiguration } from '@central-index/tokens';
import { Command } from '../components/command';
import { Named } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';

/** What is put into the configuration of a registry. It contains a secret, so it is shown once. */
export function registryConfigurationPage(
  context: PageContext,
  registry: Registry,
  { fragment, certificate, certificatePath }: RegistryConfiguration,
  isWhole = false,
): Page {
  const { configuration: texts } = context.messages.admin;
  return {
    title: texts.title(registry.name),
    body: (
      <AdminFrame
        context={context}
        page="registries"
        heading={<Named text={texts.heading} name={registry.name} />}
      >
        <p class="notice" role="status">
          {texts.once}
        </p>
        <h2>{texts.fragment}</h2>
        <p>{isWhole ? texts.whole : registry.kind === 'zot' ? texts.merge : texts.append}</p>
        <Command context={context} text={fragment.trimEnd()} />
        {certificate === undefined ? null : (
          <>
            <h2>{texts.certificate}</h2>
            <p>
              {texts.certificateText} <code {...verbatim}>{certificatePath}</code>
            </p>
            <Command context={context} text={certificate.trimEnd()} />
          </>
        )}
        <h2>{texts.next}</h2>
        <p>
          <a class="button" href={`/admin/registries/${registry.name}`}>
            {texts.continueTo}
          </a>
        </p>
      </AdminFrame>
    ),
  };
}
