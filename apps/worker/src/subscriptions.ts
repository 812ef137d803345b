import type { INestApplicationContext } from '@nestjs/common';
import type { Subscriptions } from '@central-index/platform/jobs';

/** The one list of what follows from what: fact (or plain job) to its handlers. */
export function subscriptions(_context: INestApplicationContext): Subscriptions {
  return {};
}
