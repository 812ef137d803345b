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
 * The services of some rooms on a test's database, without server and worker; `more` is environment besides. Close it
 * when the spec ends.
 */
export function openTestModule(
  database: TestDatabase,
  rooms: readonly (Type | DynamicModule)[],
  more: Record<string, string> = {},
): Promise<INestApplicationContext> {
  const config = loadConfig({ DATABASE_URL: database.url, SECRET_KEY: testSecretKey, ...more });
  return NestFactory.createApplicationContext(
    {
      module: TestModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(createLogger({ level: 'fatal', format: 'json', role: 'test', to: 2 })),
        DatabaseModule.forRoot({ url: database.url, role: 'test', secretKey: testSecretKey, poolSize: 8 }),
        JobsModule,
        AuditModule,
        ...rooms,
      ],
    },
    { logger: false, abortOnError: false },
  );
}
