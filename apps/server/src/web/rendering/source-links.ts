/** Where relative addresses in a README lead. */
export interface SourceLinks {
  /** Of pages about files, for links. */
  readonly pages: string;
  /** Of the files themselves, for images. */
  readonly files: string;
}

// How the addresses of files look at hosts of source code, by the name of the host: `HEAD` is their default branch.
const hosts: readonly { readonly host: RegExp; readonly pages: string; readonly files: string }[] = [
  { host: /^github\.com$/, pages: 'blob', files: 'raw' },
  { host: /^gitlab\./, pages: '-/blob', files: '-/raw' },
  { host: /^bitbucket\.org$/, pages: 'src', files: 'raw' },
];

/**
 * Where relative addresses in the README of a project lead. `source` is the address that an image states as its source: of
 * a project, or of a folder of it at a known host. Undefined for anything but https.
 */
export function sourceLinks(source: string | undefined): SourceLinks | undefined {
  if (source === undefined || !URL.canParse(source)) return undefined;
  const url = new URL(source);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  const known = hosts.find(({ host }) => host.test(url.hostname));
  // GitLab has groups in groups, so that only the dash ends the name of a project.
  const [, project = path, branch = 'HEAD', folder = ''] =
    /^(\/[^/]+\/[^/]+(?:\/[^/]+)*?)\/(?:-\/)?(?:tree|blob|src)\/([^/]+)((?:\/[^/]+)*)$/.exec(path) ?? [];
  const base = `${url.origin}${project}`;
  if (known === undefined || project.split('/').length < 3) return { pages: `${base}/`, files: `${base}/` };
  return {
    pages: `${base}/${known.pages}/${branch}${folder}/`,
    files: `${base}/${known.files}/${branch}${folder}/`,
  };
}

/** A relative address in absolute form: `/docs/x.md` is below the project, as source hosts read it. */
export function resolved(address: string, base: string): string | undefined {
  const relative = address.replace(/^\/+/, '');
  if (!URL.canParse(relative, base)) return undefined;
  const url = new URL(relative, base);
  return url.origin === new URL(base).origin ? url.href : undefined;
}
