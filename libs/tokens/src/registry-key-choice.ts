import { setTimeout as pause } from 'node:timers/promises';
import { RegistryProbe, type Registry } from '@central-index/registries';

/** Signs a token for a registry with one of two keys, for the question whether the registry trusts it. */
type SignTrial = (registry: Registry) => Promise<string>;

interface Answer {
  readonly requestedAt: number;
  readonly isTrusted: Promise<boolean>;
}

// A registry that was restarted with the next certificate is noticed within this time.
const answerTtlMs = 1_000;
// A registry that does not respond in time delays no token.
const maxWaitMs = 1_000;

/**
 * Which key signs for a registry that trusts a single one, while its key is being rotated: the next one as soon as the
 * registry trusts that. The registry gets at most one such request per second, and only during a rotation.
 */
export class RegistryKeyChoice {
  private readonly answers = new Map<string, Answer>();

  /** True if the registry trusts the next key, with which `sign` signs; while it does not respond, its last answer. */
  async trustsNext(registry: Registry, kid: string, sign: SignTrial): Promise<boolean> {
    const key = `${registry.id} ${kid}`;
    const known = this.answers.get(key);
    if (known !== undefined && performance.now() - known.requestedAt < answerTtlMs) return known.isTrusted;
    const isTrusted = this.request(registry, sign, known);
    this.answers.set(key, { requestedAt: performance.now(), isTrusted });
    return isTrusted;
  }

  private async request(registry: Registry, sign: SignTrial, known: Answer | undefined): Promise<boolean> {
    const probe = new RegistryProbe({ token: (probed) => sign(probed) });
    const last = known?.isTrusted ?? Promise.resolve(false);
    const answer = probe.statusFor(registry, registry.service).then(
      (status) => status === 200,
      // It cannot be reached, perhaps because it is just being restarted.
      () => last,
    );
    return Promise.race([answer, pause(maxWaitMs, undefined, { ref: false }).then(() => last)]);
  }
}
