import type { VNode } from 'preact';
import type { ReferrersDto } from '../../api/referrers.dto';
import { Table } from '../components/table';
import type { PageContext } from '../rendering/page-context';

interface ReferrersProps {
  readonly context: PageContext;
  readonly tagsPath: string;
  /** Undefined if the registry did not say it in time. */
  readonly found: ReferrersDto | undefined;
}

/** What refers to an image: signatures, SBOMs, attestations and other artifacts. */
export function Referrers({ context, tagsPath, found }: ReferrersProps): VNode {
  const { repositoryTexts: texts, tags, kinds } = context.messages;
  if (found === undefined) return <p>{texts.referrersUnknown}</p>;
  if (found.items.length === 0) return <p>{texts.referrersNone}</p>;
  const headings = [tags.kind, texts.artifactType, tags.digest, tags.name];
  return (
    <>
      <Table name={texts.referrers} headings={headings} isVerbatim>
        {found.items.map(({ digest, kind, artifact_type, media_type, tag }) => (
          <tr key={digest}>
            <th scope="row">{kinds[kind]}</th>
            <td>
              <code>{artifact_type ?? media_type}</code>
            </td>
            <td>
              <code>{digest}</code>
            </td>
            <td>{tag === null ? null : <a href={`${tagsPath}/${encodeURIComponent(tag)}`}>{tag}</a>}</td>
          </tr>
        ))}
      </Table>
      {found.next === null ? null : <p>{texts.referrersMore(found.items.length)}</p>}
    </>
  );
}
