// Structured logs: one line of JSON per event, without secrets. Imports third-party packages only.
export { describeError, fatalErrorText, summarizeError } from './error-description';
export type { ErrorDescription } from './error-description';
export { createLogger } from './logger';
export type { Logger } from './logger';
export { NestLogger } from './nest-logger';
export { LOGGER, LoggingModule } from './logging.module';
