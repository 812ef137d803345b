// Repositories: what they are called and tell of themselves, where they lie, their tags and stars, the official ones,
// taking over others from elsewhere, and what a registry's reports mean for them. Not who may do what (namespaces
// decides) and no search.
// States `repository.changed`, `repository.removed`, `repository.left`, `repositories.imported`, `tag.removal-asked` and
// `errand.asked`.
export { RepositoriesModule } from './repositories.module';
export { RepositoriesService } from './repositories.service';
export type { RepositoryTexts } from './repositories.service';
export type { PlacedFacts, Repository, SearchableRepository } from './repository-queries';
export type { FirstPush } from './placement-queries';
export { CatalogService } from './catalog.service';
export { RemovalsService } from './removals.service';
export { StarsService } from './stars.service';
export { TagsService } from './tags.service';
export type { Tag, TagMove, TagPlatform } from './tags.service';
export { OfficialRepositoriesService } from './official-repositories.service';
export { ImportService } from './import.service';
export type { ImportSummary } from './import.service';
export { AdoptionService } from './adoption.service';
export type { Adoption } from './adoption.service';
export { PlacementsService } from './placements.service';
export { MovesService } from './moves.service';
export type { Move } from './moves.service';
export { PlacementRulesService } from './placement-rules.service';
export type { PlacementRule } from './placement-rules.service';
export { ErrandsService } from './errands.service';
export type { Errand, ErrandKind, ErrandRequest } from './errand';
export { RegistryDoctor } from './registry-doctor.service';
export type { Patience } from './registry-doctor.service';
export type { Check, Verdict } from './checkup';
export { ReconcilerService } from './reconciler.service';
export type { SweepOptions } from './reconciler.service';
export type { Sweep } from './sweep';
export { SweepsService } from './sweeps.service';
export { ReportsModule } from './reports.module';
export { PullRecords } from './pull-records';
export { PullsService } from './pulls.service';
export type { PullDay, Pulls } from './pulls.service';
export { TagRemovalsService } from './tag-removals.service';
export { ReportsService } from './reports.service';
export { descriptionLength, isDescription, isReadme, readmeLength } from './repository-texts';
