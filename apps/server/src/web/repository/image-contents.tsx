import {
  platformName,
  type ImageDetails,
  type ImageSettings,
  type TagDetails,
} from '@central-index/registry-sync';
import type { VNode } from 'preact';
import type { TagDto } from '../../api/tags.dto';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { PageContext } from '../rendering/page-context';

interface ImageContentsProps {
  readonly context: PageContext;
  readonly tag: TagDto;
  /** Undefined if the registry did not say it in time. */
  readonly details: TagDetails | undefined;
}

/** The platforms of a tag, and what the chosen one consists of: layers and configuration. */
export function ImageContents({ context, tag, details }: ImageContentsProps): VNode {
  const { repositoryTexts: texts } = context.messages;
  const platform = details?.platform === undefined ? '' : platformName(details.platform);
  const image = details?.image;
  return (
    <>
      {tag.platforms.length === 0 ? null : <Platforms context={context} tag={tag} shown={platform} />}
      {details === undefined ? <p>{texts.detailsUnknown}</p> : null}
      {image === undefined ? null : (
        <section aria-label={texts.contents(platform)}>
          <h3>{texts.contents(platform)}</h3>
          <Layers context={context} image={image} />
          <h4>{texts.configuration}</h4>
          {image.settings === null ? (
            <p>{texts.configurationUnknown}</p>
          ) : (
            <Configuration context={context} settings={image.settings} />
          )}
        </section>
      )}
    </>
  );
}

interface PlatformsProps {
  readonly context: PageContext;
  readonly tag: TagDto;
  readonly shown: string;
}

function Platforms({ context, tag, shown }: PlatformsProps): VNode {
  const { tags: texts } = context.messages;
  return (
    <>
      <h3>{texts.platforms}</h3>
      <Table name={texts.platforms} headings={[texts.platform, texts.digest, texts.size]} isVerbatim>
        {tag.platforms.map((platform, at) => {
          const { os, architecture, variant, digest, size } = platform;
          const name = [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
          return (
            <tr key={at}>
              <th scope="row">
                <a
                  href={`?platform=${encodeURIComponent(name)}`}
                  aria-current={name === shown ? 'true' : undefined}
                >
                  {name}
                </a>
              </th>
              <td>
                <code>{digest ?? texts.unknown}</code>
              </td>
              <td>{size === null ? texts.unknown : context.formats.bytes(size)}</td>
            </tr>
          );
        })}
      </Table>
    </>
  );
}

function Layers({ context, image }: { readonly context: PageContext; readonly image: ImageDetails }): VNode {
  const { repositoryTexts: texts, tags } = context.messages;
  const { formats } = context;
  const { layers } = image;
  const total = layers.reduce((sum, { size }) => sum + (size ?? 0), 0);
  return (
    <>
      <h4>{texts.layers}</h4>
      <p>{texts.layersTotal(formats.number(layers.length), layers.length, formats.bytes(total))}</p>
      <Table name={texts.layers} headings={[texts.layer, texts.step, tags.size, tags.digest]}>
        {layers.map(({ digest, size, step }, at) => (
          <tr key={at}>
            <th scope="row">{at + 1}</th>
            <td class="step">
              {step === null ? texts.stepUnknown : <code {...verbatim}>{stepText(step)}</code>}
            </td>
            <td>{size === null ? tags.unknown : formats.bytes(size)}</td>
            <td>
              <code {...verbatim} title={digest}>
                {digest.slice(0, shownDigits)}
              </code>
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

const shownDigits = 19;

// As in a Dockerfile: what the classic builder writes before a step says nothing.
const stepText = (step: string): string =>
  step.replace(/^\/bin\/sh -c #\(nop\)\s+/, '').replace(/^\/bin\/sh -c /, 'RUN ');

interface ConfigurationProps {
  readonly context: PageContext;
  readonly settings: ImageSettings;
}

function Configuration({ context, settings }: ConfigurationProps): VNode {
  const texts = context.messages.repositoryTexts.settings;
  const command = (words: readonly string[]): string => (words.length === 0 ? '' : JSON.stringify(words));
  const facts: [name: keyof typeof texts, lines: readonly string[]][] = [
    ['entrypoint', [command(settings.entrypoint)]],
    ['cmd', [command(settings.cmd)]],
    ['workdir', [settings.workdir ?? '']],
    ['user', [settings.user ?? '']],
    ['ports', settings.ports],
    ['volumes', settings.volumes],
    ['stopSignal', [settings.stopSignal ?? '']],
    ['env', settings.env],
    ['labels', settings.labels.map(([name, value]) => `${name}=${value}`)],
  ];
  const { builtAt } = settings;
  return (
    <dl class="facts">
      {facts
        .map(([name, lines]) => [name, lines.filter((line) => line !== '')] as const)
        .filter(([, lines]) => lines.length > 0)
        .map(([name, lines]) => (
          <div key={name}>
            <dt>{texts[name]}</dt>
            {lines.map((line, at) => (
              <dd key={at}>
                <code {...verbatim}>{line}</code>
              </dd>
            ))}
          </div>
        ))}
      {builtAt === null ? null : (
        <div>
          <dt>{texts.builtAt}</dt>
          <dd>{context.formats.time(builtAt)}</dd>
        </div>
      )}
    </dl>
  );
}
