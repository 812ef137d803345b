import { accountOf, type Account, type Identity } from '@central-index/accounts';
import { decide } from '@central-index/namespaces';
import { parseRepositoryName } from '@central-index/naming';
import { RegistriesService, type Registry } from '@central-index/registries';
import { RepositoryFactsService, type FactsByPath } from '@central-index/repositories';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Inject, Injectable } from '@nestjs/common';
import { pushReference } from './push-reference';
import type { RequestedAccess } from './scope';
import { evaluateRepositoryScope, requestedPath } from './scope-evaluation';

/** A push under a name that the caller cannot push, and the canonical names that are meant, likeliest first. */
export interface MisnamedPush {
  /** What is wrong with the name, as a clause for people. */
  readonly problem: string;
  readonly candidates: readonly string[];
  /** What else the caller can do. */
  readonly alternative?: string;
}

/** The pushes of a request, and the facts about the names that repositories can have. */
export interface PushRequest {
  readonly identity: Identity;
  readonly registry: Registry;
  readonly requested: readonly RequestedAccess[];
  readonly facts: FactsByPath | undefined;
}

/**
 * Recognises a push of a name that has too few or too many components: `myapp`, `library/myapp` or `alice/team/app`.
 * Undefined for all other names, and for official repositories that the caller may pull: many clients request a push
 * where they only pull.
 */
export function misnamedPush(
  requested: RequestedAccess,
  identity: Identity,
  facts: FactsByPath | undefined,
): MisnamedPush | undefined {
  const account = accountOf(identity);
  // As for all refusals: a push that is requested by name, not by `*`.
  const isPush = requested.type === 'repository' && requested.actions.includes('push');
  if (!isPush || account === undefined || account.disabled) return undefined;
  const path = requestedPath(requested);
  if (path === undefined) return tooManyComponents(requested.name);
  const repository = facts?.get(path);
  if (repository === undefined || !repository.name.official) return undefined;
  const push = decide(identity, 'push', repository);
  if (push.allowed || decide(identity, 'pull', repository).allowed) return undefined;
  return topLevelName(push.reason, repository.name.name, account);
}

function tooManyComponents(name: string): MisnamedPush | undefined {
  const [namespace = '', ...rest] = name.split('/');
  if (rest.length < 2) return undefined;
  const candidates = [`${namespace}/${rest.at(-1)}`, `${namespace}/${rest.join('-')}`];
  return { problem: 'names have two parts here', candidates };
}

function topLevelName(reason: string, name: string, account: Account): MisnamedPush | undefined {
  const candidates = [`${account.name}/${name}`];
  switch (reason) {
    case 'administrators-only':
      return { problem: 'only administrators push names without a namespace', candidates };
    case 'official-not-added':
      return {
        problem: `${name} is not an official repository yet`,
        candidates,
        alternative: `add it with \`central-index official add ${name}\``,
      };
    default:
      return undefined;
  }
}

/** Finds the names under which callers can push what they push under a wrong one. */
@Injectable()
export class PushSuggestions {
  constructor(
    private readonly facts: RepositoryFactsService,
    private readonly registries: RegistriesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * A sentence that names where the first misnamed push of a request belongs, such as "push it as HOST/alice/myapp".
   * Undefined if the caller can push it nowhere, or if no push is misnamed.
   */
  async describe({ identity, registry, requested, facts }: PushRequest): Promise<string | undefined> {
    const pushes = requested.flatMap((one) => misnamedPush(one, identity, facts) ?? []);
    const paths = new Set(pushes.flatMap(({ candidates }) => candidates).filter(isCanonical));
    if (paths.size === 0) return undefined;
    // A suggestion decides nothing, so that facts from the cache are enough.
    const known = await this.facts.findCached([...paths], identity);
    for (const { problem, candidates, alternative } of pushes) {
      const references: string[] = [];
      for (const path of candidates) {
        const reference = await this.referenceOf(path, identity, registry, known);
        if (reference !== undefined && !references.includes(reference)) references.push(reference);
      }
      if (references.length === 0) continue;
      const suggestion = `push it as ${references.join(' or as ')}`;
      return `${problem}: ${suggestion}${alternative === undefined ? '' : `, or ${alternative}`}`;
    }
    return undefined;
  }

  /** Registry host and path under which the caller can push the name; undefined if it cannot. */
  private async referenceOf(
    path: string,
    identity: Identity,
    registry: Registry,
    known: FactsByPath,
  ): Promise<string | undefined> {
    const push = { type: 'repository', name: path, actions: ['push'] };
    const evaluation = evaluateRepositoryScope(push, identity, known.get(path), registry.id);
    const { needsPlacement, actions, refusal } = evaluation;
    if (needsPlacement || actions.includes('push')) return `${registry.host}/${path}`;
    switch (refusal?.reason) {
      case 'wrong-path':
        return `${registry.host}/${refusal.path}`;
      case 'wrong-registry': {
        const other = await this.registries.findById(refusal.registryId);
        return other && pushReference(other, path, this.config.server.publicUrl);
      }
      default:
        return undefined;
    }
  }
}

const isCanonical = (path: string): boolean => parseRepositoryName(path)?.path === path;
