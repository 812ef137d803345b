import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { run, type Outcome } from './processes';
import { craneProgram, pathOf, podmanProgram, skopeoProgram } from './programs';

/**
 * podman, skopeo and crane of one user, with a home of their own for credentials and images, isolated from the machine's.
 * Each method returns the exit code and output of the command.
 */
export class ContainerTools {
  constructor(private readonly home: string) {
    mkdirSync(home, { recursive: true });
    // Podman fails if the credentials file in its arguments does not exist.
    if (!existsSync(this.authFile)) writeFileSync(this.authFile, '{}', { mode: 0o600 });
  }

  /** Runs podman with storage in the home. `args` start with a command that accepts registry options. */
  podman(args: string[], input = ''): Promise<Outcome> {
    const path = (name: string) => join(this.home, name);
    const storage = ['--root', path('root'), '--runroot', path('run'), '--tmpdir', path('tmp')];
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

  /** Uses the logins in the contents of docker's config.json. */
  copyDockerLogins(settings: string): void {
    mkdirSync(join(this.home, '.docker'), { recursive: true });
    for (const file of [this.authFile, join(this.home, '.docker', 'config.json')]) {
      writeFileSync(file, settings, { mode: 0o600 });
    }
  }

  /** Runs `skopeo copy`, with plain HTTP on both sides. */
  skopeoCopy(from: string, to: string): Promise<Outcome> {
    const options = ['--src-tls-verify=false', '--dest-tls-verify=false', '--authfile', this.authFile];
    return this.run(pathOf(skopeoProgram()), ['--insecure-policy', 'copy', ...options, from, to]);
  }

  /** Runs any other skopeo command. */
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
