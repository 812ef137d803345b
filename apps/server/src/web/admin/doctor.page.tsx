import type { Registry } from '@central-index/registries';
import type { RegistryCheck } from '@central-index/registry-sync';
import { Table } from '../components/table';
import { EnglishText, Named } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';

/** The diagnosis of a registry: each check with its verdict, and what to do about it. */
export function doctorPage(context: PageContext, registry: Registry, checks: readonly RegistryCheck[]): Page {
  const { doctor: texts, registries } = context.messages.admin;
  const isHealthy = !checks.some(({ status }) => status === 'failed');
  const title = texts.title(registry.name);
  return {
    title,
    body: (
      <AdminFrame
        context={context}
        page="registries"
        heading={<Named text={texts.heading} name={registry.name} />}
      >
        <p class={isHealthy ? 'verdict good' : 'verdict bad'}>
          {isHealthy ? texts.healthy : texts.unhealthy}
        </p>
        <Table name={title} headings={[texts.check, texts.verdict, texts.detail, texts.hint]}>
          {checks.map(({ name, status, detail, hint }) => (
            <tr key={name}>
              <th scope="row" {...verbatim}>
                {name}
              </th>
              <td class={`check ${status}`}>{texts.statuses[status]}</td>
              <td>
                <EnglishText>{detail}</EnglishText>
              </td>
              <td>{hint === undefined ? null : <EnglishText>{hint}</EnglishText>}</td>
            </tr>
          ))}
        </Table>
        <form action={`/admin/registries/${registry.name}/doctor`}>
          <button>{texts.again}</button>
        </form>
        <p>
          <a href={`/admin/registries/${registry.name}`}>{registries.title(registry.name)}</a>
        </p>
      </AdminFrame>
    ),
  };
}
