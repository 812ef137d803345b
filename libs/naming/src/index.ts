// Names: the grammars of accounts, repositories, tags and digests, and which spellings are equivalent. Pure functions that
// import nothing; which names are reserved or taken is decided in the database.
export { foldCase, isAccountName, nameSkeleton } from './account-name';
export { countCodePoints, isBlank, isLines, isOneLine } from './plain-text';
export { accountNameRule, namespaceNameRule, officialNameRule, repositoryNameRule } from './name-rules';
export { isDigest, isTag } from './references';
export { likePattern, matchesPattern } from './repository-pattern';
export {
  isNamespaceName,
  isOfficialName,
  isRepositoryComponent,
  parseRepositoryName,
} from './repository-name';
export type { RepositoryName } from './repository-name';
