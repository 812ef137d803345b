// Repositories: names and texts, placement on registries, tags and stars, pull counts, official repositories, and import
// of metadata from elsewhere. Who may do what is decided by namespaces; what registries hold is read by registry-sync.
// Emits `repository.changed`, `repository.deleted` and `repositories.imported`.
export { RepositoriesModule } from './repositories.module';
export { OfficialRepositoriesService } from './official-repositories.service';
export { CatalogService } from './repository/catalog.service';
export {
  repositoriesImported,
  repositoryChanged,
  repositoryDeletedFact,
} from './repository/repositories.facts';
export { RepositoriesService } from './repository/repositories.service';
export type { RepositoryTexts } from './repository/repositories.service';
export type { RepositoryFactsRow, Repository, SearchableRepository } from './repository/repository-queries';
export { descriptionLength, isDescription, isReadme, readmeLength } from './repository/repository-texts';
export { StarsService } from './repository/stars.service';
export type { FirstPush } from './placement/placement-queries';
export { PlacementRulesService } from './placement/placement-rules.service';
export type { PlacementRule } from './placement/placement-rules.service';
export { PlacementsService } from './placement/placements.service';
export { ImportService } from './import/import.service';
export type { ImportSummary } from './import/import.service';
export { TagsService } from './images/tags.service';
export type { Tag, TagMove, TagPlatform } from './images/tags.service';
export { timeOf } from './pulls/manifest-request';
export type { ManifestRequest } from './pulls/manifest-request';
export { PullCounter } from './pulls/pull-counter';
export type { PendingPullEvent } from './pulls/pull-counter';
export { PullsService } from './pulls/pulls.service';
export type { PullDay, Pulls } from './pulls/pulls.service';
