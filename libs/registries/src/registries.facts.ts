import { defineFact } from '@central-index/platform/jobs';

/** A registry sent events that are not applied yet. */
export const registryEventsReceived = defineFact<{ registryId: string }>('registry.events-received');

/** A registry sent a notification that is too large to store: its repositories must be read from the registry. */
export const registryEventOversized = defineFact<{ registryId: string }>('registry.event-oversized');
