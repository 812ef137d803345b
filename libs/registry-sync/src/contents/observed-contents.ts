import type { Image } from './image-reader';

/** A tag as its registry has it now, and what is known of the push. */
export interface ObservedTag {
  readonly name: string;
  readonly digest: string;
  /** Time of the push; the time of observation while no event has arrived. */
  readonly pushedAt: Date;
  /** Id of the account that pushed; null when unknown. */
  readonly pushedById: string | null;
  /** False while no event for the push has arrived: time and pusher of a push that is already known are kept then. */
  readonly reported: boolean;
}

/** What was observed of a repository at its registry. */
export interface ObservedContents {
  readonly images: readonly Image[];
  /** Current tags: each points to one of `images`. */
  readonly tags: readonly ObservedTag[];
  readonly goneTags: readonly string[];
  readonly goneDigests: readonly string[];
  /** The account that requested the deletion of `goneTags` here; absent when the registry reported it. */
  readonly deletedBy?: string;
  /** Pushes of `images` that events reported, whether their tags still point there or not. */
  readonly pushes: readonly ObservedTag[];
  /** Time of the latest reported push of one of `images`; null when none was reported. */
  readonly pushedAt: Date | null;
}

/** Contents of which nothing was observed, to be completed with what was. */
export const nothingObserved: ObservedContents = {
  images: [],
  tags: [],
  goneTags: [],
  goneDigests: [],
  pushes: [],
  pushedAt: null,
};
