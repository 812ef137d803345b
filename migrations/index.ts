import { CreatePlatform1764000000000 } from './1764000000000-create-platform';
import { CreateAccount1764000001000 } from './1764000001000-create-account';
import { CreateRegistry1764000002000 } from './1764000002000-create-registry';
import { CreateRepository1764000003000 } from './1764000003000-create-repository';
import { CreateSigningKey1764000004000 } from './1764000004000-create-signing-key';
import { CreateSearchDocument1764000005000 } from './1764000005000-create-search-document';
import { CreateSearchOutbox1764000006000 } from './1764000006000-create-search-outbox';
import { CreateChangeNotices1764000007000 } from './1764000007000-create-change-notices';
import { CreateRegistrySweep1764000008000 } from './1764000008000-create-registry-sweep';
import { CreatePullCount1764000009000 } from './1764000009000-create-pull-count';
import { CreateErrand1764000013000 } from './1764000013000-create-errand';
import { CreatePullVisitor1764000014000 } from './1764000014000-create-pull-visitor';
import { CreateWaitingFact1764000015000 } from './1764000015000-create-waiting-fact';
import { NoteWhatTheCopyHolds1764000016000 } from './1764000016000-note-what-the-copy-holds';
import { KeepLengthOfSpelling1764000017000 } from './1764000017000-keep-length-of-spelling';
import { CoverSpelling1764000018000 } from './1764000018000-cover-spelling';
import { AddGrantExpiry1764000024000 } from './1764000024000-add-grant-expiry';
import { RenameByVocabulary1764000020000 } from './1764000020000-rename-by-vocabulary';
import { ExtendAccount1764000022000 } from './1764000022000-extend-account';
import { CreateWorkerHeartbeat1764000026000 } from './1764000026000-create-worker-heartbeat';
import { CreatePasswordReset1764000027000 } from './1764000027000-create-password-reset';
import { HideSearchDocuments1764000028000 } from './1764000028000-hide-search-documents';
import { IndexStars1764000028001 } from './1764000028001-index-stars';
import { AddImageKinds1764000029000 } from './1764000029000-add-image-kinds';
import { AddFormerHookSecrets1764000031000 } from './1764000031000-add-former-hook-secrets';
import { AddImageText1764000033000 } from './1764000033000-add-image-text';
import { IndexPushedDocuments1764000033001 } from './1764000033001-index-pushed-documents';
import { NotifyHiddenRepositories1764000034000 } from './1764000034000-notify-hidden-repositories';
import { CreateV1Image1764000036000 } from './1764000036000-create-v1-image';
import { AddSearchOperations1764000041000 } from './1764000041000-add-search-operations';
import { CreateFormResponse1764000041001 } from './1764000041001-create-form-response';
import { AddSearchPlatforms1764000042000 } from './1764000042000-add-search-platforms';
import { IndexTagHistory1764000042001 } from './1764000042001-index-tag-history';
import { IndexBrowsedDocuments1764000044000 } from './1764000044000-index-browsed-documents';

/** Every migration, oldest first. README.md in this folder describes how to write one. */
export const migrations = [
  CreatePlatform1764000000000,
  CreateAccount1764000001000,
  CreateRegistry1764000002000,
  CreateRepository1764000003000,
  CreateSigningKey1764000004000,
  CreateSearchDocument1764000005000,
  CreateSearchOutbox1764000006000,
  CreateChangeNotices1764000007000,
  CreateRegistrySweep1764000008000,
  CreatePullCount1764000009000,
  CreateErrand1764000013000,
  CreatePullVisitor1764000014000,
  CreateWaitingFact1764000015000,
  NoteWhatTheCopyHolds1764000016000,
  KeepLengthOfSpelling1764000017000,
  CoverSpelling1764000018000,
  RenameByVocabulary1764000020000,
  ExtendAccount1764000022000,
  AddGrantExpiry1764000024000,
  CreateWorkerHeartbeat1764000026000,
  CreatePasswordReset1764000027000,
  HideSearchDocuments1764000028000,
  IndexStars1764000028001,
  AddImageKinds1764000029000,
  AddFormerHookSecrets1764000031000,
  AddImageText1764000033000,
  IndexPushedDocuments1764000033001,
  NotifyHiddenRepositories1764000034000,
  CreateV1Image1764000036000,
  AddSearchOperations1764000041000,
  CreateFormResponse1764000041001,
  AddSearchPlatforms1764000042000,
  IndexTagHistory1764000042001,
  IndexBrowsedDocuments1764000044000,
];
