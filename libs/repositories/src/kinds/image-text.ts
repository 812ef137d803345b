const texts = ['title', 'description', 'vendor'] as const;
const links = ['documentation', 'source', 'url'] as const;

// Images may say more than a description can hold; search needs the beginning only.
const maxLength = 1000;

/**
 * What an image says of itself by its `org.opencontainers.image.…` labels, as a text to be searched: title, description and
 * vendor; the paths of its links, and each host as one word; each licence as one word. A search for `github` or `apache` does not
 * mean all images whose source is stored at the one, or whose licence has the name of the other.
 */
export function imageTextOf(labels: Readonly<Record<string, string>>): string {
  const parts = [
    ...texts.map((name) => labels[name]),
    ...(labels.licenses ?? '').split(/[^A-Za-z0-9.+-]+|\b(?:OR|AND|WITH)\b/).map(asOneWord),
    ...links.map((name) => textOfLink(labels[name])),
  ];
  const text = parts.filter((part) => part !== undefined && part !== '').join(' ');
  return Array.from(text.slice(0, 2 * maxLength))
    .slice(0, maxLength)
    .join('')
    .trim();
}

function textOfLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const { host, pathname } = new URL(link);
  return `${asOneWord(host)} ${pathname.split('/').join(' ').trim()}`;
}

// As a query for it is joined: `Apache-2.0` and `github.com` are searched for as `apache20` and `githubcom`, too.
function asOneWord(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
