import type { VNode } from 'preact';
import { Command } from '../components/command';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';

/** The names that the commands of the help page are made of. */
export interface HelpView {
  /** `https://index.example.org`. */
  readonly publicUrl: string;
  /** What clients type for the registry; undefined while there is none. */
  readonly registryHost: string | undefined;
}

/** How to use this installation, with its own names in the commands. */
export function helpPage(context: PageContext, { publicUrl, registryHost }: HelpView): Page {
  const { help } = context.messages;
  const name = context.account?.name ?? 'NAME';
  const indexHost = new URL(publicUrl).host;
  const image = `${registryHost ?? 'HOST'}/${name}/app`;
  return {
    title: help.title,
    description: help.lead,
    canonical: '/help',
    isPublic: true,
    body: (
      <div class="narrow">
        <h1>{help.title}</h1>
        <p class="lead">{help.lead}</p>
        {registryHost === undefined ? <p class="notice">{help.noRegistry}</p> : null}
        <Step
          context={context}
          title={help.logIn}
          text={help.logInText}
          commands={[`docker login ${registryHost ?? 'HOST'}`]}
        />
        <Step
          context={context}
          title={help.push}
          text={help.pushText}
          commands={[`docker tag IMAGE ${image}`, `docker push ${image}`]}
        />
        <Step context={context} title={help.pull} text={help.pullText} commands={[`docker pull ${image}`]} />
        <Step
          context={context}
          title={help.search}
          text={help.searchText}
          commands={[`docker search ${indexHost}/TERM`]}
        />
        <Step
          context={context}
          title={help.ci}
          text={help.ciText}
          commands={[
            `curl -u ${name} -H 'Content-Type: application/json' ${publicUrl}/api/v1/user/tokens \\\n` +
              `  -d '{"label": "ci", "permissions": ["pull", "push"], "repositories": ["${name}/app"]}'`,
          ]}
        />
      </div>
    ),
  };
}

interface StepProps {
  readonly context: PageContext;
  readonly title: string;
  readonly text: string;
  readonly commands: readonly string[];
}

function Step({ context, title, text, commands }: StepProps): VNode {
  return (
    <section>
      <h2>{title}</h2>
      <p>{text}</p>
      {commands.map((command) => (
        <Command key={command} context={context} text={command} />
      ))}
    </section>
  );
}
