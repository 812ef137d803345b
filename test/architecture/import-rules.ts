import { posix } from 'node:path';
import { isSpec, libraryOf, target, type SourceFile } from './source-files';

const platform = [
  'config',
  'database',
  'embedded-postgres',
  'errors',
  'http',
  'jobs',
  'logging',
  'mail',
  'metrics',
  'process',
].map((name) => `libs/platform/${name}`);
const base = ['libs/platform/config', 'libs/platform/errors', 'libs/platform/logging'];
const shared = ['libs/naming', ...platform];

/** Imports between nodes: what each node may import. What is not listed is forbidden. */
export type Arrows = Readonly<Record<string, readonly string[]>>;

/** The libraries that each library may import. */
export const libraryArrows: Arrows = {
  'libs/naming': [],
  'libs/platform/config': ['libs/platform/errors'],
  'libs/platform/errors': [],
  'libs/platform/logging': [],
  'libs/platform/database': base,
  'libs/platform/jobs': [...base, 'libs/platform/database'],
  'libs/platform/process': ['libs/platform/errors', 'libs/platform/logging'],
  'libs/platform/embedded-postgres': [...base, 'libs/platform/process', 'libs/platform/database'],
  'libs/platform/http': base,
  'libs/platform/mail': base,
  'libs/platform/metrics': base,
  'libs/audit': platform,
  'libs/accounts': [...shared, 'libs/audit'],
  'libs/namespaces': [...shared, 'libs/audit', 'libs/accounts'],
  'libs/registries': [...shared, 'libs/audit'],
  'libs/repositories': [...shared, 'libs/audit', 'libs/accounts', 'libs/namespaces', 'libs/registries'],
  'libs/registry-sync': [
    ...shared,
    'libs/audit',
    'libs/accounts',
    'libs/namespaces',
    'libs/registries',
    'libs/repositories',
  ],
  'libs/tokens': [
    ...shared,
    'libs/audit',
    'libs/accounts',
    'libs/namespaces',
    'libs/registries',
    'libs/repositories',
  ],
  'libs/docker-v1': [
    ...shared,
    'libs/audit',
    'libs/accounts',
    'libs/namespaces',
    'libs/registries',
    'libs/repositories',
    'libs/tokens',
  ],
  'libs/search': [...shared, 'libs/repositories'],
  'libs/health': [...shared, 'libs/audit', 'libs/registries'],
};

/** The libraries of apps that may not import all of them. The builder runs code of users: it gets no database. */
export const appArrows: Arrows = {
  'apps/builder': ['libs/naming', 'libs/platform/config', 'libs/platform/logging', 'libs/platform/http'],
};

/** The sub-folders that each sub-folder of a library may import. Libraries without sub-folders are not listed. */
export const folderArrows: Readonly<Record<string, Arrows>> = {
  'libs/platform/jobs': { 'graphile-workarounds': [] },
  'libs/repositories': {
    kinds: [],
    repository: ['kinds'],
    images: ['kinds', 'repository'],
    import: ['repository'],
    placement: ['images', 'repository'],
    pulls: ['images', 'repository'],
    activity: ['repository'],
  },
  'libs/registry-sync': {
    events: [],
    contents: [],
    'event-processing': ['contents', 'events'],
    reconcile: ['contents'],
    lifecycle: ['contents'],
    doctor: ['events', 'reconcile'],
    operations: ['lifecycle', 'reconcile'],
  },
  'libs/search': {
    query: [],
    engine: ['query'],
    ranking: ['engine', 'query'],
    'postgres/storage': ['engine', 'query', 'ranking'],
    'postgres/retrieval': ['engine', 'query', 'ranking', 'postgres/storage'],
    postgres: ['engine', 'postgres/retrieval', 'postgres/storage'],
    // Meilisearch falls back to PostgreSQL, and copies the documents stored there.
    meilisearch: ['engine', 'query', 'ranking', 'postgres', 'postgres/storage'],
    replication: ['engine', 'meilisearch', 'postgres/storage'],
    maintenance: ['engine', 'ranking', 'postgres/storage', 'meilisearch', 'replication'],
  },
};

// The files of a library's root that its sub-folders may import. The other files of the root compose the sub-folders.
const isRootLeaf = (file: string): boolean => /[./](errors|facts)(\.ts)?$/.test(file);

/** Imports of a file that break the arrows between apps and libraries, or that bypass a public entry. */
export function libraryViolations(file: SourceFile): string[] {
  const importer = libraryOf(file.path)!;
  return file.imports.flatMap((imported) => {
    const to = target(file, imported);
    if ('package' in to) return [];
    const library = libraryOf(`${to.path}/`);
    if (library === importer)
      return imported.startsWith('.') ? [] : [`${file.path} imports its own public entry`];
    if (library?.startsWith('apps/')) return [`${file.path} imports from the app ${library}`];
    if (imported.startsWith('.')) {
      const isMigrations = /^migrations(\/|$)/.test(to.path);
      const isTestSupport = /^test\/(support|contracts)\//.test(to.path);
      if (isSpec(file) ? isMigrations || isTestSupport : isMigrations && importer === 'apps/cli') return [];
      return [`${file.path} imports ${to.path}, which is not a public entry`];
    }
    const allowed = importer.startsWith('apps/') ? appArrows[importer] : (libraryArrows[importer] ?? []);
    return allowed === undefined || allowed.includes(library!)
      ? []
      : [`${file.path} must not import ${library}`];
  });
}

/** Imports of a file that break the arrows between the sub-folders of its library. */
export function folderViolations(file: SourceFile): string[] {
  const library = libraryOf(file.path)!;
  const root = `${library}/src/`;
  if (!library.startsWith('libs/')) return [];
  const folder = folderOf(file.path, root);
  return file.imports.flatMap((imported) => {
    const to = target(file, imported);
    if ('package' in to || !to.path.startsWith(root)) return [];
    const other = folderOf(to.path, root);
    if (other === folder) return [];
    const isAllowed =
      folder === '.'
        ? !isRootLeaf(file.path)
        : other === '.'
          ? isRootLeaf(to.path)
          : (folderArrows[library]?.[folder] ?? []).includes(other);
    return isAllowed ? [] : [`${file.path} must not import ${to.path}`];
  });
}

/** The sub-folder of a library's sources in which a file is, `.` for its root. */
export function folderOf(path: string, root: string): string {
  return posix.dirname(path.slice(root.length));
}

/** A circle of arrows, as a path from a node to itself; undefined if there is none. */
export function findCycle(arrows: Arrows): readonly string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of arrows[node] ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of Object.keys(arrows)) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}
