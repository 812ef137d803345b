import type { helpTexts } from '../messages/en-help';

type TextName = keyof typeof helpTexts;

/** A paragraph, and commands below it. */
export interface HelpStep {
  readonly text: TextName;
  readonly commands?: readonly string[];
  /** Where the paragraph leads. */
  readonly link?: string;
}

/** A part of the help page. */
export interface HelpChapter {
  readonly id: string;
  readonly title: TextName;
  readonly steps: readonly HelpStep[];
}

/** The names in commands. */
export interface HelpNames {
  readonly publicUrl: string;
  readonly registryHosts: readonly string[];
  readonly account: string;
}

/** The parts of the help page, with the names of this installation in their commands. */
export function chaptersOf(names: HelpNames): readonly HelpChapter[] {
  return [...ofRegistries(names), searching(names), automating(names), ...ofOtherTools(names)];
}

const hostOf = ({ registryHosts }: HelpNames): string => registryHosts[0] ?? 'HOST';
const imageOf = (names: HelpNames): string => `${hostOf(names)}/${names.account}/app`;
const logInWithToken = (names: HelpNames): string =>
  `printf %s "$INDEX_TOKEN" | docker login ${hostOf(names)} -u ${names.account} --password-stdin`;

function ofRegistries(names: HelpNames): HelpChapter[] {
  const [host, image] = [hostOf(names), imageOf(names)];
  return [
    {
      id: 'login',
      title: 'logIn',
      steps: [
        { text: 'logInText', commands: [`docker login ${host}`] },
        { text: 'logInToken', commands: [logInWithToken(names)] },
      ],
    },
    {
      id: 'push',
      title: 'push',
      steps: [{ text: 'pushText', commands: [`docker tag IMAGE ${image}`, `docker push ${image}`] }],
    },
    {
      id: 'pull',
      title: 'pull',
      steps: [
        { text: 'pullText', commands: [`docker pull ${image}`] },
        { text: 'pullOfficial', commands: [`docker pull ${host}/centos`] },
      ],
    },
  ];
}

function searching({ publicUrl }: HelpNames): HelpChapter {
  const { host } = new URL(publicUrl);
  const filtered = [
    `docker search --filter stars=3 ${host}/TERM`,
    `docker search --filter is-official=true ${host}/TERM`,
  ];
  return {
    id: 'search',
    title: 'search',
    steps: [
      { text: 'searchText', commands: [`docker search ${host}/TERM`] },
      { text: 'searchOnly', commands: filtered },
    ],
  };
}

function automating(names: HelpNames): HelpChapter {
  const { account, publicUrl } = names;
  const newToken = { label: 'ci', permissions: ['pull', 'push'], repositories: [`${account}/app`] };
  const byApi =
    `curl -u ${account} -H 'Content-Type: application/json' ${publicUrl}/api/v1/user/tokens \\\n` +
    `  -d '${JSON.stringify(newToken)}'`;
  const image = `${imageOf(names)}:$CI_COMMIT`;
  return {
    id: 'ci',
    title: 'ci',
    steps: [
      { text: 'ciText' },
      { text: 'ciPage', link: '/settings/tokens' },
      { text: 'ciApi', commands: [byApi] },
      {
        text: 'ciUse',
        commands: [logInWithToken(names), `docker build -t ${image} . && docker push ${image}`],
      },
    ],
  };
}

function ofOtherTools(names: HelpNames): HelpChapter[] {
  const [host, image] = [hostOf(names), imageOf(names)];
  const search = `podman search ${new URL(names.publicUrl).host}/TERM`;
  return [
    {
      id: 'podman',
      title: 'podman',
      steps: [{ text: 'podmanText', commands: [`podman login ${host}`, `podman push ${image}`, search] }],
    },
    {
      id: 'skopeo',
      title: 'skopeo',
      steps: [
        {
          text: 'skopeoText',
          commands: [
            `skopeo login ${host}`,
            `skopeo copy docker://docker.io/library/busybox docker://${image}`,
            `skopeo list-tags docker://${image}`,
          ],
        },
      ],
    },
  ];
}
