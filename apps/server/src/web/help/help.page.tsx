import type { VNode } from 'preact';
import { Command } from '../components/command';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { chaptersOf, type HelpStep } from './help-chapters';

/** What the help page depends on. */
export interface HelpView {
  readonly publicUrl: string;
  /** The hosts that clients type for the registries. */
  readonly registryHosts: readonly string[];
}

/** How to use this installation, with its own names in the commands. */
export function helpPage(context: PageContext, view: HelpView): Page {
  const { help } = context.messages;
  const chapters = chaptersOf({ ...view, account: context.account?.name ?? 'NAME' });
  return {
    title: help.title,
    description: help.lead,
    canonical: '/help',
    isPublic: true,
    body: (
      <div class="narrow">
        <h1>{help.title}</h1>
        <p class="lead">{help.lead}</p>
        {view.registryHosts.length === 0 ? <p class="notice">{help.noRegistry}</p> : null}
        {isPlain(view) ? <p class="notice">{help.plain}</p> : null}
        <nav aria-label={help.contents}>
          <ul class="pages">
            {chapters.map(({ id, title }) => (
              <li key={id}>
                <a href={`#${id}`}>{help[title]}</a>
              </li>
            ))}
          </ul>
        </nav>
        {chapters.map((chapter) => (
          <section key={chapter.id}>
            <h2 id={chapter.id}>{help[chapter.title]}</h2>
            {chapter.steps.map((step) => (
              <StepText key={step.text} context={context} step={step} />
            ))}
          </section>
        ))}
        {view.registryHosts.length < 2 ? null : (
          <section>
            <h2>{help.registries}</h2>
            <p>{help.registriesText}</p>
            <ul {...verbatim}>
              {view.registryHosts.map((host) => (
                <li key={host}>
                  <code>{host}</code>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p>
          {help.more} <a href="/api/docs">{context.messages.site.api}</a>
        </p>
      </div>
    ),
  };
}

function StepText({ context, step }: { readonly context: PageContext; readonly step: HelpStep }): VNode {
  const text = context.messages.help[step.text];
  return (
    <>
      <p>{step.link === undefined ? text : <a href={step.link}>{text}</a>}</p>
      {(step.commands ?? []).map((command) => (
        <Command key={command} context={context} text={command} />
      ))}
    </>
  );
}

// Docker speaks plain http to localhost only, unless its configuration lists the host.
const isPlain = ({ publicUrl }: HelpView): boolean => {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+)$/.test(hostname);
};
