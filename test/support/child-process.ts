import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testSecretKey } from './database';

const root = join(__dirname, '..', '..');

/** A line of a structured log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A server or worker in a process of its own, whose output the spec reads. */
export class ProductProcess {
  private text = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    }
  }

  /** Starts the process with the given environment; resolves when it reports that it is ready. */
  static async start(role: 'server' | 'worker', env: Record<string, string>): Promise<ProductProcess> {
    const child = fork(join(root, 'apps', role, 'src', 'main.js'), {
      env: { PATH: process.env.PATH, SECRET_KEY: testSecretKey, LOG_FORMAT: 'json', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const started = new ProductProcess(child);
    const [outcome] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
    if ((outcome as { type?: string } | null)?.type !== 'ready') {
      throw new Error(`the ${role} did not start: ${started.output}`);
    }
    return started;
  }

  /** What it has written so far. */
  get output(): string {
    return this.text;
  }

  /** The complete lines of its log. Throws if one is no JSON. */
  get lines(): LogLine[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Ends it, and resolves when all of its output has arrived. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
  }
}
