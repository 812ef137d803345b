import type { RepositoryFacts } from '@central-index/namespaces';
import type { ImageKind } from '../kinds/image-kind';

/** A repository as lists show it. Counts include what was imported. */
export interface RepositorySummary {
  readonly id: string;
  /** `library` for official ones. */
  readonly namespace: string;
  readonly name: string;
  /** `alice/app`, or `centos` for an official one. */
  readonly fullName: string;
  readonly description: string;
  readonly visibility: 'public' | 'private';
  readonly official: boolean;
  readonly automated: boolean;
  /** Name of the registry that stores its images; null until its first push. */
  readonly registry: string | null;
  /** The command that pulls it; null until its first push. */
  readonly pullCommand: string | null;
  /** Number of versions. */
  readonly tags: number;
  readonly stars: number;
  readonly pulls: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Time of the latest push that a registry reported. */
  readonly pushedAt: Date | null;
  /** Kinds of what can be pulled. */
  readonly kinds: readonly ImageKind[];
  /** `org.opencontainers.image.…` labels of the newest version, keyed by the last component of their names. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A repository as the REST API, pages and commands show it, with its README, which is up to 100 kB. */
export interface Repository extends RepositorySummary {
  readonly readme: string;
}

/** A repository that an account has starred. */
export interface StarredRepository extends RepositorySummary {
  readonly starredAt: Date;
}

/** What decisions depend on, and where the repository is placed. `id` is undefined if there is no row. */
export interface RepositoryFactsRow extends RepositoryFacts {
  readonly id?: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  /** The registry where a rule places a name that is not placed yet. Only `RepositoryFactsService` reads it. */
  readonly ruledRegistryId?: string | null;
  /**
   * Of a placed repository without images: seconds until the last token for a push to it ends, 0 or less when none is
   * valid. Then a push may place it elsewhere. Undefined otherwise, and unless `RepositoryFactsService.find` read it.
   */
  readonly heldSeconds?: number;
  /** The push grant of the account that the facts were read for. */
  readonly pushGrant?: PushGrant;
}

/** A push grant as it is stored. */
export interface PushGrant {
  /** True while it counts as the grant of this day. */
  readonly isRecent: boolean;
  /** Seconds until the tokens end that it was recorded for. */
  readonly seconds: number;
}

/** The facts of a repository that has a row. */
export type ExistingRepositoryFacts = RepositoryFactsRow &
  Required<Pick<RepositoryFactsRow, 'id'>> & { readonly repository: object };

/** One repository, deleted and pending ones included, and the facts by which the reader decides who may see it. */
export interface RepositoryWithFacts<View extends RepositorySummary = Repository> {
  readonly facts: RepositoryFactsRow;
  readonly view: View;
}
