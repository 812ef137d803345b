import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { AuditModule } from '@central-index/audit';
import { ConfigModule, loadConfig } from '@central-index/platform/config';
import { DatabaseModule } from '@central-index/platform/database';
import { JobsModule } from '@central-index/platform/jobs';
import { createLogger, LoggingModule } from '@central-index/platform/logging';
import { testSecretKey, type TestDatabase } from './database';

@Module({})
class TestModule {}

/**
 * Opens a Nest application context with the given modules and those of the platform on a test database, without server
 * and worker. `env` adds to the environment. The spec closes the context when it ends.
 */
export function openTestModule(
  database: TestDatabase,
  modules: readonly (Type | DynamicModule)[],
  env: Record<string, string> = {},
): Promise<INestApplicationContext> {
  const config = loadConfig({ DATABASE_URL: database.url, SECRET_KEY: testSecretKey, ...env });
  return NestFactory.createApplicationContext(
    {
      module: TestModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(createLogger({ level: 'fatal', format: 'json', role: 'test', to: 2 })),
        DatabaseModule.forRoot({ url: database.url, role: 'test', secretKey: testSecretKey, poolSize: 8 }),
        JobsModule,
        AuditModule,
        ...modules,
      ],
    },
    { logger: false, abortOnError: false },
  );
}
