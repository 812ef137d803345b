// Names: what an account, a repository, a tag or a digest may be called, and which spellings mean the same one.
// Pure; knows no database (which names are reserved or taken is decided there), imports nothing.
export { isAccountName, nameSkeleton } from './account-name';
export { isDigest, isTag } from './references';
export { likePattern, matchesPattern } from './repository-pattern';
export {
  isNamespaceName,
  isOfficialName,
  isRepositoryComponent,
  parseRepositoryName,
} from './repository-name';
export type { RepositoryName } from './repository-name';
