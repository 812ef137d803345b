import { ConfigModule, loadConfig, type Config } from '@central-index/platform/config';
import { DatabaseModule } from '@central-index/platform/database';
import { JobsModule } from '@central-index/platform/jobs';
import { createLogger, LoggingModule, NestLogger } from '@central-index/platform/logging';
import { Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { openDatabase, requireCurrentSchema } from './database-access';
import { readSecretKey } from './secret-key';

@Module({})
class CommandModule {}

/** Modules of the libraries whose services a command uses. */
export type Modules = Type | DynamicModule | readonly (Type | DynamicModule)[];

/**
 * Runs a command's work with the services of the given modules, and closes everything afterwards:
 *
 *     const list = await withContext(RegistriesModule, (app) => app.get(RegistriesService).list());
 *
 * It uses the database of the configuration. An embedded server that runs already is used as it is; otherwise it is
 * started for the duration of the command. Throws if no database exists yet, or if its schema is not current.
 */
export async function withContext<T>(
  modules: Modules,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const config = loadConfig();
  const database = await openDatabase(config, { create: false, log: () => undefined });
  try {
    await requireCurrentSchema(database.url);
    return await withModules(config, database.url, modules, work);
  } finally {
    await database.close();
  }
}

async function withModules<T>(
  config: Config,
  url: string,
  modules: Modules,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  // Output has the result only, and errors are one line, so the log is silent unless LOG_LEVEL is debug or trace.
  const level = ['debug', 'trace'].includes(config.log.level) ? config.log.level : 'fatal';
  const logger = createLogger({ level, format: config.log.format, role: 'cli', to: 2 });
  const app = await NestFactory.createApplicationContext(
    {
      module: CommandModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        DatabaseModule.forRoot({ url, role: 'cli', secretKey: readSecretKey(config), poolSize: 4 }),
        JobsModule,
        ...[modules].flat(),
      ],
    },
    { logger: new NestLogger(logger), abortOnError: false },
  );
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
