import type { LoggerService } from '@nestjs/common';
import { isError } from './error-description';
import type { Logger } from './logger';

/** Writes the messages of the framework to the structured log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: unknown): void {
    this.logger.debug({ context }, String(message));
  }
  warn(message: unknown, context?: unknown): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    // The last argument is the name of a class, or, where a caller has none, a stack with the error's message.
    const last = rest.at(-1);
    const context = typeof last === 'string' && /^[\w -]{1,60}$/.test(last) ? last : undefined;
    if (isError(message)) this.logger.error({ err: message, context }, 'framework error');
    else this.logger.error({ context }, String(message));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
  debug(message: unknown, context?: unknown): void {
    this.logger.trace({ context }, String(message));
  }
  verbose(message: unknown, context?: unknown): void {
    this.logger.trace({ context }, String(message));
  }
}
