import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig, type Config } from '@central-index/platform/config';
import { createLogger } from '@central-index/platform/logging';
import { createServer as createIndex } from '../../apps/server/src/http/create-server';
import { startWorker } from '../../apps/worker/src/worker';
import { Actor } from './client';
import { createTestDatabase, testSecretKey, type TestDatabase } from './database';
import { freePort } from './free-port';

/** The whole product of one spec: server and worker in this process, on a database of its own. */
export class IndexUnderTest {
  private constructor(
    readonly url: string,
    readonly config: Config,
    readonly database: TestDatabase,
    /** For what only the operator's commands can do. */
    readonly app: NestFastifyApplication,
    private readonly stopWorker: () => Promise<void>,
    private readonly ownsDatabase: boolean,
  ) {}

  /** Starts it; `env` adds to or overrides the environment. A second one on the same database shares its state. */
  static async start(env: Record<string, string> = {}, database?: TestDatabase): Promise<IndexUnderTest> {
    const own = database ?? (await createTestDatabase());
    const port = await freePort();
    const config = loadConfig({
      DATABASE_URL: own.url,
      SECRET_KEY: testSecretKey,
      PORT: String(port),
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'fatal',
      LOG_FORMAT: 'json',
      ...env,
    });
    const logger = createLogger({ ...config.log, role: 'test', to: 2 });
    const app = await createIndex(config, logger);
    await app.listen(port, '127.0.0.1');
    const stopWorker = await startWorker(config, logger);
    return new IndexUnderTest(
      `http://127.0.0.1:${port}`,
      config,
      own,
      app,
      stopWorker,
      database === undefined,
    );
  }

  /** Nobody in particular. */
  get anonymous(): Actor {
    return new Actor(this.url);
  }

  /** Signs a person up over HTTP and gives the actor with that name and password. */
  async signUp(name: string, password = `a long password of ${name}`): Promise<Actor> {
    const answer = await this.anonymous.post('/api/v1/users', {
      username: name,
      email: `${name}@example.org`,
      password,
    });
    if (answer.status !== 201) throw new Error(`sign-up of ${name}: ${answer.status} ${answer.text}`);
    return new Actor(this.url, {}, name).basic(name, password);
  }

  /** Stops server and worker, and drops the database if this index made it. */
  async stop(): Promise<void> {
    await this.stopWorker();
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
  }
}
