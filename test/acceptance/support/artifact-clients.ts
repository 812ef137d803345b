import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { run, succeeded, type Outcome } from './processes';
import { goProgram, pathOf } from './programs';

/** Clients of artifacts, of one user with a home of its own: cosign, oras and regctl, over plain HTTP. */
export class ArtifactClients {
  constructor(private readonly home: string) {
    mkdirSync(home, { recursive: true });
  }

  /** A path in the home. */
  path(name: string): string {
    return join(this.home, name);
  }

  /** Creates the pair of keys with which `cosign` signs. */
  async createKeys(): Promise<void> {
    succeeded(await this.cosign('generate-key-pair'));
  }

  /** Runs cosign; a signing command uses the keys and no service outside this machine. */
  cosign(...args: string[]): Promise<Outcome> {
    return this.run('cosign', args, { COSIGN_PASSWORD: '', COSIGN_EXPERIMENTAL: '1' });
  }

  /** Signs an image by digest, and stores the signature in another repository. */
  cosignInto(repository: string, reference: string): Promise<Outcome> {
    const args = ['sign', '--key', this.path('cosign.key'), '--tlog-upload=false', '--yes', reference];
    return this.run('cosign', args, { COSIGN_PASSWORD: '', COSIGN_REPOSITORY: repository });
  }

  /** Signs, or attests with `args`, an image by digest. */
  cosignWithKey(command: 'sign' | 'attest', reference: string, ...args: string[]): Promise<Outcome> {
    const options = ['--key', this.path('cosign.key'), '--tlog-upload=false', '--yes'];
    return this.cosign(command, ...options, ...args, reference);
  }

  /** Runs an oras command. */
  oras(command: string, ...args: string[]): Promise<Outcome> {
    return this.run('oras', [command, '--plain-http', ...args]);
  }

  /** Runs regctl. */
  regctl(...args: string[]): Promise<Outcome> {
    return this.run('regctl', args);
  }

  private run(
    name: 'cosign' | 'oras' | 'regctl',
    args: string[],
    variables: Record<string, string> = {},
  ): Promise<Outcome> {
    const env = environmentIn(this.home, variables);
    return run(pathOf(goProgram(name)), args, { env, cwd: this.home, milliseconds: 120_000 });
  }
}
