import { renameByVocabulary } from './1764000020000.data';
import { extendAccount } from './1764000022000.data';
import { addGrantExpiry } from './1764000024000.data';
import { createWorkerHeartbeat } from './1764000026000.data';
import { createPasswordReset } from './1764000027000.data';
import { hideSearchDocuments } from './1764000028000.data';
import { indexStars } from './1764000028001.data';
import { addImageKinds } from './1764000029000.data';
import { addFormerHookSecrets } from './1764000031000.data';
import { addImageText } from './1764000033000.data';
import { indexPushedDocuments } from './1764000033001.data';
import { notifyHiddenRepositories } from './1764000034000.data';
import { createV1Image } from './1764000036000.data';
import { addSearchOperations } from './1764000041000.data';
import { createFormResponse } from './1764000041001.data';
import { addSearchPlatforms } from './1764000042000.data';
import { indexTagHistory } from './1764000042001.data';
import { indexBrowsedDocuments } from './1764000044000.data';
import type { MigrationData } from './migration-data';

/** The data test of every migration newer than 1764000018000, by timestamp. */
export const migrationData: Readonly<Record<string, MigrationData>> = {
  '1764000020000': renameByVocabulary,
  '1764000022000': extendAccount,
  '1764000024000': addGrantExpiry,
  '1764000026000': createWorkerHeartbeat,
  '1764000027000': createPasswordReset,
  '1764000028000': hideSearchDocuments,
  '1764000028001': indexStars,
  '1764000029000': addImageKinds,
  '1764000031000': addFormerHookSecrets,
  '1764000033000': addImageText,
  '1764000033001': indexPushedDocuments,
  '1764000034000': notifyHiddenRepositories,
  '1764000036000': createV1Image,
  '1764000041000': addSearchOperations,
  '1764000041001': createFormResponse,
  '1764000042000': addSearchPlatforms,
  '1764000042001': indexTagHistory,
  '1764000044000': indexBrowsedDocuments,
};
