import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from './environment';
import { BackgroundProcess, run, succeeded, type Outcome } from './processes';
import { dockerClient, dockerdProgram, pathOf } from './programs';

/**
 * A docker engine of our own, which touches neither the machine's network nor its images: it pushes,
 * pulls and searches, and runs no container.
 */
export class DockerDaemon {
  private made = 0;

  private constructor(
    private readonly folder: string,
    private readonly daemon: BackgroundProcess,
  ) {}

  static async start(folder: string): Promise<DockerDaemon> {
    mkdirSync(folder, { recursive: true });
    const options = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
    const places = ['data-root=data', 'exec-root=run', 'pidfile=pid'].map((place) => {
      const [option, name] = place.split('=') as [string, string];
      return `--${option}=${join(folder, name)}`;
    });
    const daemon = new BackgroundProcess(
      'dockerd',
      pathOf(dockerdProgram()),
      [...options, ...places, `--host=unix://${join(folder, 'socket')}`],
      { env: environmentIn(folder), log: join(folder, 'dockerd.log') },
    );
    const engine = new DockerDaemon(folder, daemon);
    const anybody = engine.createUser('nobody');
    await daemon.ready(async () => (await anybody.docker('version')).code === 0);
    return engine;
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
  }

  /** Somebody at a terminal of this engine, with credentials of their own and none to begin with. */
  createUser(name: string): DockerUser {
    const home = join(this.folder, 'homes', name);
    mkdirSync(home, { recursive: true });
    return new DockerUser(home, join(this.folder, 'socket'));
  }

  /** Builds an image of one layer like no other, of `size` bytes and a few, under the name `reference`. */
  async build(reference: string, size = 0): Promise<void> {
    const context = join(this.folder, `context-${(this.made += 1)}`);
    mkdirSync(context);
    const label = Buffer.from(`${reference} ${this.made}\n`);
    writeFileSync(join(context, 'content'), Buffer.concat([label, randomBytes(size)]));
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY content /content\nCMD ["/content"]\n');
    succeeded(await this.createUser('builder').docker('build', '--quiet', '--tag', reference, context));
  }
}

/** A person's docker command. Each method answers what the person would see. */
export class DockerUser {
  constructor(
    private readonly home: string,
    private readonly socket: string,
  ) {}

  docker(...args: string[]): Promise<Outcome> {
    return this.dockerReading('', ...args);
  }

  login(host: string, user: string, password: string): Promise<Outcome> {
    return this.dockerReading(password, 'login', '--username', user, '--password-stdin', host);
  }

  /** What docker keeps of the person's logins. */
  settings(): string {
    return readFileSync(join(this.home, '.docker', 'config.json'), 'utf8');
  }

  push(reference: string): Promise<Outcome> {
    return this.docker('push', reference);
  }

  /** Pulls an image that this engine has forgotten before, so that every byte comes from the registry. */
  async pull(reference: string): Promise<Outcome> {
    await this.docker('image', 'rm', '--force', reference);
    return this.docker('pull', reference);
  }

  /** Searches and answers the rows, best first, as the engine handed them to the command. */
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

  private dockerReading(input: string, ...args: string[]): Promise<Outcome> {
    const env = environmentIn(this.home, {
      DOCKER_HOST: `unix://${this.socket}`,
      // The legacy builder needs no further program and no network.
      DOCKER_BUILDKIT: '0',
      // Newer clients print an advertisement after a refused pull.
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
