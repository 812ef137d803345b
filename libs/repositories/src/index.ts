// Repositories: names and texts, placement on registries, tags and stars, pull counts, official repositories, and import
// of metadata from other indexes. namespaces decides who may do what; registry-sync reads what registries store.
// Emits `repository.changed`, `repository.deleted` and `repositories.imported`.
export { RepositoriesModule } from './repositories.module';
export type { OfficialRow } from './official-repositories.queries';
export { OfficialRepositoriesService } from './official-repositories.service';
export { DeletedAccountsService } from './repository/deleted-accounts.service';
export { ActivityService } from './activity/activity.service';
export type { ActivityRow, TagPushRow } from './activity/activity.queries';
export { PublicNamesService } from './repository/public-names.service';
export type { PublicName } from './repository/public-names.queries';
export { CatalogService } from './repository/catalog.service';
export { repositoriesImported, repositoryChanged, repositoryDeleted } from './repository/repositories.facts';
export { RepositoriesService } from './repository/repositories.service';
export type { RepositoryTexts } from './repository/repositories.service';
export type {
  PushGrant,
  Repository,
  RepositoryFactsRow,
  RepositorySummary,
  RepositoryWithFacts,
  StarredRepository,
} from './repository/repository';
export { RepositoryFactsService } from './repository/repository-facts.service';
export type { FactsByPath } from './repository/repository-facts.service';
export {
  descriptionLength,
  descriptionRule,
  isDescription,
  isReadme,
  readmeLength,
  readmeRule,
} from './repository/repository-texts';
export { SearchableRepositories } from './repository/searchable-repositories';
export type { SearchableRepository } from './repository/searchable-repositories.queries';
export { StarsService } from './repository/stars.service';
export type { Stargazer } from './repository/stars.service';
export { PlacementRulesService } from './placement/placement-rules.service';
export type { PlacementRule } from './placement/placement-rules.queries';
export { PlacementsService } from './placement/placements.service';
export type { FirstPush, NewPushGrant } from './placement/placements.service';
export { isGrantedSinceSql } from './repository/push-grants.queries';
export { ImportService } from './import/import.service';
export type { ImportOptions, ImportSummary, RepeatedRow } from './import/import.service';
export { imageKinds, referredDigest, statementKinds } from './kinds/image-kind';
export type { ImageKind } from './kinds/image-kind';
export { pullCommand } from './kinds/pull-command';
export { TagsService } from './images/tags.service';
export type { Tag, TagMove, TagPlatform } from './images/tags.queries';
export { timeOf } from './pulls/manifest-request';
export type { ManifestRequest } from './pulls/manifest-request';
export { PullCounter } from './pulls/pull-counter';
export type { PendingPullEvent } from './pulls/pull-events';
export { maxTagsPerDay, maxTagsPerPeriod, PullsService } from './pulls/pulls.service';
export type { PullDay, Pulls } from './pulls/pulls.service';
