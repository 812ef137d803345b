import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually';
import { freePort } from './free-port';

/** The reason to skip tests with a real Meilisearch; false when MEILISEARCH_BIN is the path of its program. */
export const noMeilisearch: string | false =
  process.env.MEILISEARCH_BIN !== undefined && existsSync(process.env.MEILISEARCH_BIN)
    ? false
    : 'MEILISEARCH_BIN does not name a Meilisearch program';

/** The master key of every Meilisearch in tests, real or fake. */
export const masterKey = 'the-master-key-of-a-test';

/** A real Meilisearch that one spec owns, in a temporary folder that `stop` deletes. */
export class MeilisearchServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<MeilisearchServer> {
    const server = new MeilisearchServer(await freePort(), mkdtempSync(join(tmpdir(), 'meilisearch-')));
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The environment variables with which the product uses this server. */
  get env(): Record<string, string> {
    return { MEILI_URL: this.url, MEILI_KEY: masterKey };
  }

  /** Starts the process and waits until it is healthy. Restarts it after `signal('SIGKILL')`. */
  async run(): Promise<void> {
    this.child = spawn(
      process.env.MEILISEARCH_BIN!,
      [
        '--no-analytics',
        '--env',
        'production',
        '--master-key',
        masterKey,
        '--db-path',
        join(this.folder, 'data'),
        '--http-addr',
        `127.0.0.1:${this.port}`,
        '--log-level',
        'ERROR',
      ],
      { cwd: this.folder, stdio: 'ignore' },
    );
    await eventually(async () => {
      if (!(await fetch(`${this.url}/health`)).ok) throw new Error('not healthy');
    }, 10_000);
  }

  /** Kills, suspends or resumes the process. Does nothing if it has ended. */
  async signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(name);
    if (name === 'SIGKILL') await ended;
  }

  /** Sends a request with the master key and returns the parsed body. */
  async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async stop(): Promise<void> {
    await this.signal('SIGCONT');
    await this.signal('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
