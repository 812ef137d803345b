// Structured logs: one JSON line a happening, with no secret in it. Imports third-party code only.
export { createLogger } from './logger';
export type { Logger } from './logger';
export { NestLogger } from './nest-logger';
export { LOGGER, LoggingModule } from './logging.module';
