import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { BackgroundProcess, run, succeeded, type Outcome } from './processes';
import { dockerClient, dockerdProgram, pathOf } from './programs';

/**
 * A separate docker daemon, isolated from the machine's network and images. It pushes, pulls and searches, and runs no
 * containers.
 */
export class DockerDaemon {
  private builds = 0;

  private constructor(
    private readonly folder: string,
    private readonly daemon: BackgroundProcess,
  ) {}

  static async start(folder: string): Promise<DockerDaemon> {
    mkdirSync(folder, { recursive: true });
    const options = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
    const paths = ['data-root=data', 'exec-root=run', 'pidfile=pid'].map((entry) => {
      const [option, name] = entry.split('=') as [string, string];
      return `--${option}=${join(folder, name)}`;
    });
    const daemon = new BackgroundProcess(
      'dockerd',
      pathOf(dockerdProgram()),
      [...options, ...paths, `--host=unix://${join(folder, 'socket')}`],
      { env: environmentIn(folder), log: join(folder, 'dockerd.log') },
    );
    const engine = new DockerDaemon(folder, daemon);
    const anonymous = engine.createUser('anonymous');
    await daemon.ready(async () => (await anonymous.docker('version')).code === 0);
    return engine;
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
  }

  /** Creates a user of this daemon with separate credentials, initially none. */
  createUser(name: string): DockerUser {
    const home = join(this.folder, 'homes', name);
    mkdirSync(home, { recursive: true });
    return new DockerUser(home, join(this.folder, 'socket'));
  }

  /** Builds an image as `reference`, with one unique layer of slightly more than `size` bytes. */
  async build(reference: string, size = 0): Promise<void> {
    const context = join(this.folder, `context-${(this.builds += 1)}`);
    mkdirSync(context);
    const label = Buffer.from(`${reference} ${this.builds}\n`);
    writeFileSync(join(context, 'content'), Buffer.concat([label, randomBytes(size)]));
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY content /content\nCMD ["/content"]\n');
    succeeded(await this.createUser('builder').docker('build', '--quiet', '--tag', reference, context));
  }
}

/** The docker command of one user. Each method returns the exit code and output of the command. */
export class DockerUser {
  constructor(
    private readonly home: string,
    private readonly socket: string,
  ) {}

  docker(...args: string[]): Promise<Outcome> {
    return this.runWithInput('', ...args);
  }

  login(host: string, user: string, password: string): Promise<Outcome> {
    return this.runWithInput(password, 'login', '--username', user, '--password-stdin', host);
  }

  /** The contents of the user's config.json, in which docker stores logins. */
  settings(): string {
    return readFileSync(join(this.home, '.docker', 'config.json'), 'utf8');
  }

  push(reference: string): Promise<Outcome> {
    return this.docker('push', reference);
  }

  /** Builds an image from a Dockerfile alone, whose base is pulled with this user's login. */
  build(reference: string, dockerfile: string): Promise<Outcome> {
    return this.runWithInput(dockerfile, 'build', '--quiet', '--pull', '--tag', reference, '-');
  }

  /** Pulls an image after deleting the local one, so that every byte comes from the registry. */
  async pull(reference: string): Promise<Outcome> {
    await this.docker('image', 'rm', '--force', reference);
    return this.docker('pull', reference);
  }

  /** Searches and returns the rows in the order of the daemon, best first. */
  async search(term: string, ...options: string[]): Promise<FoundImage[]> {
    const format = '{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}';
    const { stdout } = succeeded(await this.docker('search', '--format', format, ...options, term));
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', description = '', stars = '', official = ''] = line.split('\t');
        return { name, description, stars: Number(stars), official: official === '[OK]' };
      });
  }

  private runWithInput(input: string, ...args: string[]): Promise<Outcome> {
    const env = environmentIn(this.home, {
      DOCKER_HOST: `unix://${this.socket}`,
      // The legacy builder needs neither another program nor a network.
      DOCKER_BUILDKIT: '0',
      // Newer clients print hints after a denied pull.
      DOCKER_CLI_HINTS: 'false',
    });
    return run(pathOf(dockerClient()), args, { env, input, milliseconds: 300_000 });
  }
}

/** One row of `docker search`. */
export interface FoundImage {
  name: string;
  description: string;
  stars: number;
  official: boolean;
}
