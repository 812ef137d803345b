import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { run, type Outcome } from './processes';
import { craneProgram, pathOf, podmanProgram, skopeoProgram } from './programs';

/**
 * A person with podman, skopeo and crane: a home of their own, in which the three keep credentials and
 * images, and nothing of the machine's. Each method answers what the person would see.
 */
export class ContainerTools {
  constructor(private readonly home: string) {
    mkdirSync(home, { recursive: true });
    // Podman refuses a credentials file that is named and does not exist.
    if (!existsSync(this.authFile)) writeFileSync(this.authFile, '{}', { mode: 0o600 });
  }

  /** Podman with storage in the home; `args` begin with the command, for one that speaks to a registry. */
  podman(args: string[], input = ''): Promise<Outcome> {
    const place = (name: string) => join(this.home, name);
    const storage = ['--root', place('root'), '--runroot', place('run'), '--tmpdir', place('tmp')];
    return this.run(
      pathOf(podmanProgram()),
      [...storage, '--storage-driver=vfs', ...this.withOptions(args)],
      input,
    );
  }

  podmanLogin(host: string, user: string, password: string): Promise<Outcome> {
    return this.podman(['login', '--username', user, '--password-stdin', host], password);
  }

  skopeoLogin(host: string, user: string, password: string): Promise<Outcome> {
    const args = ['--username', user, '--password-stdin', host];
    return this.run(pathOf(skopeoProgram()), this.withOptions(['login', ...args]), password);
  }

  /** Takes over the logins that docker keeps in its settings. */
  copyDockerLogins(settings: string): void {
    mkdirSync(join(this.home, '.docker'), { recursive: true });
    for (const file of [this.authFile, join(this.home, '.docker', 'config.json')]) {
      writeFileSync(file, settings, { mode: 0o600 });
    }
  }

  /** `skopeo copy`; both sides speak plain http. */
  skopeoCopy(from: string, to: string): Promise<Outcome> {
    const options = ['--src-tls-verify=false', '--dest-tls-verify=false', '--authfile', this.authFile];
    return this.run(pathOf(skopeoProgram()), ['--insecure-policy', 'copy', ...options, from, to]);
  }

  /** Any other skopeo command. */
  skopeo(...args: string[]): Promise<Outcome> {
    return this.run(pathOf(skopeoProgram()), this.withOptions(args));
  }

  crane(...args: string[]): Promise<Outcome> {
    return this.run(pathOf(craneProgram()), args);
  }

  craneLogin(host: string, user: string, password: string): Promise<Outcome> {
    return this.run(
      pathOf(craneProgram()),
      ['auth', 'login', host, '--username', user, '--password-stdin'],
      password,
    );
  }

  private get authFile(): string {
    return join(this.home, 'auth.json');
  }

  private withOptions([command = '', ...rest]: string[]): string[] {
    return [command, '--tls-verify=false', '--authfile', this.authFile, ...rest];
  }

  private run(program: string, args: string[], input?: string): Promise<Outcome> {
    return run(program, args, { env: environmentIn(this.home), input, milliseconds: 300_000 });
  }
}
