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

/** Rooms whose services a command uses. */
export type Modules = Type | DynamicModule | readonly (Type | DynamicModule)[];

/**
 * Runs a command's work with the services of some rooms, and closes everything afterwards:
 *
 *     const list = await withContext(RegistriesModule, (app) => app.get(RegistriesService).list());
 *
 * The database is the one of the configuration; a running embedded server is joined, else it is started for the
 * duration. Refuses when there is no database yet or its schema is not the program's.
 */
export async function withContext<T>(
  rooms: Modules,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const config = loadConfig();
  const database = await openDatabase(config, { create: false, log: () => undefined });
  try {
    await requireCurrentSchema(database.url);
    return await withModules(config, database.url, rooms, work);
  } finally {
    await database.close();
  }
}

/** Runs work with the services of some rooms on a database that is open and known to be current. */
export async function withModules<T>(
  config: Config,
  url: string,
  rooms: Modules,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  // Standard output is the answer's, and what fails is told in one line: the log speaks only when asked to.
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
        ...[rooms].flat(),
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
