import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig, type Config } from '@central-index/platform/config';
import { serveMetrics, type MetricsListener } from '@central-index/platform/metrics';
import { createLogger } from '@central-index/platform/logging';
import { ServerMetrics } from '../../apps/server/src/probes/server-metrics';
import { createServer as createIndex } from '../../apps/server/src/http/create-server';
import { startWorker } from '../../apps/worker/src/worker';
import { Actor } from './client';
import { createTestDatabase, testSecretKey, type TestDatabase } from './database';
import { freePort } from './free-port';

/** The whole product for one spec: server and worker in this process, on a database of its own. */
export class IndexUnderTest {
  private isWorking = true;
  private listener: Promise<MetricsListener> | undefined;

  private constructor(
    readonly url: string,
    readonly config: Config,
    readonly database: TestDatabase,
    /** The server's Nest application, for what has no HTTP route. */
    readonly app: NestFastifyApplication,
    private readonly endWorker: () => Promise<void>,
    private readonly ownsDatabase: boolean,
  ) {}

  /** Starts it. `env` adds to or overrides the environment; with `database`, several share the state of one database. */
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

  /** The page of metrics, measured now. */
  async metrics(): Promise<string> {
    const collect = (): Promise<string> => this.app.get(ServerMetrics).text();
    this.listener ??= serveMetrics({ host: '127.0.0.1', port: 0, collect, maxAgeMs: 0 });
    const { port } = await this.listener;
    const response = await new Actor(`http://127.0.0.1:${port}`).get('/metrics');
    if (response.status !== 200) throw new Error(`metrics: ${response.status}`);
    return response.text;
  }

  /** A client without credentials. */
  get anonymous(): Actor {
    return new Actor(this.url);
  }

  /** Signs an account up over HTTP and returns a client with its name and password. */
  async signUp(name: string, password = `a long password of ${name}`): Promise<Actor> {
    const response = await this.anonymous.post('/api/v1/users', {
      username: name,
      email: `${name}@example.org`,
      password,
    });
    if (response.status !== 201) throw new Error(`sign-up of ${name}: ${response.status} ${response.text}`);
    return new Actor(this.url, {}, name).basic(name, password);
  }

  /** Stops the worker: jobs of facts that are emitted from now on do not run. */
  async stopWorker(): Promise<void> {
    if (!this.isWorking) return;
    this.isWorking = false;
    await this.endWorker();
  }

  /** Stops server and worker, and drops the database if `start` created it. */
  async stop(): Promise<void> {
    await this.stopWorker();
    (await this.listener)?.close();
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
  }
}
