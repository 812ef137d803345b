import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { BackgroundProcess, run, type Outcome } from './processes';
import { containerdProgram, ctrProgram, pathOf } from './programs';

/** A separate containerd with `ctr`, which requests tokens by POST. It runs no containers. */
export class Containerd {
  private constructor(
    private readonly folder: string,
    private readonly daemon: BackgroundProcess,
  ) {}

  static async start(folder: string): Promise<Containerd> {
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'config.toml');
    writeFileSync(
      config,
      [
        'version = 2',
        `root = "${join(folder, 'root')}"`,
        `state = "${join(folder, 'state')}"`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
        '[grpc]',
        `address = "${join(folder, 'socket')}"`,
        '',
      ].join('\n'),
    );
    const daemon = new BackgroundProcess('containerd', pathOf(containerdProgram()), ['--config', config], {
      env: environmentIn(folder),
      log: join(folder, 'containerd.log'),
    });
    const containerd = new Containerd(folder, daemon);
    await daemon.ready(async () => (await containerd.ctr('version')).code === 0);
    return containerd;
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
  }

  /** Runs any `ctr` command. */
  ctr(...args: string[]): Promise<Outcome> {
    const program = pathOf(ctrProgram());
    return run(program, ['--address', join(this.folder, 'socket'), ...args], {
      env: environmentIn(this.folder),
      milliseconds: 300_000,
    });
  }

  /** Fetches an image's content, with the credentials `name:secret` or anonymously. */
  pull(reference: string, user?: string): Promise<Outcome> {
    return this.ctr('content', 'fetch', '--plain-http', ...userOption(user), reference);
  }

  /** Pushes an image from its store. */
  push(reference: string, user?: string): Promise<Outcome> {
    return this.ctr('images', 'push', '--plain-http', ...userOption(user), reference);
  }

  /** Imports an image from a tar file of an OCI layout, as `name` with the layout's tag. */
  load(file: string, name: string): Promise<Outcome> {
    return this.ctr('images', 'import', '--no-unpack', '--base-name', name, file);
  }

  /** Adds a second name to an image in its store. */
  tag(from: string, to: string): Promise<Outcome> {
    return this.ctr('images', 'tag', from, to);
  }
}

function userOption(user: string | undefined): string[] {
  return user === undefined ? [] : ['--user', user];
}
