// The classic index protocol, v1: the image lists and checksums that the index keeps of repositories on v1 registries,
// pushes, pulls and deletions of them, and the answers to registries that ask about a token. namespaces decides who may do
// what, tokens signs, repositories places names. Emits `docker-v1.pushed` and `docker-v1.deletion-expired`.
export { DeletionsService } from './deletions.service';
export type { DeletionStep } from './deletions.service';
export { V1RepositoriesModule } from './v1-repositories.module';
export { v1DeletionExpired, v1Pushed } from './docker-v1.facts';
export { parseImageList } from './image-list';
export type { V1Image } from './image-list';
export { ImagesService } from './images.service';
export type { OpenedImages, TagLayer } from './images.service';
export { PushesService } from './pushes.service';
export type { OpenedRegistry } from './v1-placement.service';
