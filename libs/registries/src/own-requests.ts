/**
 * The User-Agent of the index's own requests to registries. zot names no account in its events, but it does name the
 * client, by which the index knows its own writes again.
 */
export const ownUserAgent = 'central-index';

/** A repository that exists at registries only: checks of the index write and request there, and leave it empty. */
export const scratchPath = 'central-index/doctor';
