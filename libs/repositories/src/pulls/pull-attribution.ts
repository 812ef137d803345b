/** A request for a manifest that may be a pull or a part of one. */
export interface ManifestRequestRow {
  readonly id: string;
  readonly at: Date;
  readonly head: boolean;
  readonly tag: string | null;
  readonly digest: string;
}

const maxGapMs = 10_000;

/**
 * Attributes the requests of one address to one repository: the result has for each id the tag or digest that the request
 * is a pull of, or null if it is no pull by itself. A HEAD is no pull, a GET is one. A GET by digest is
 *
 * - a pull of a tag, if within the ten seconds before a HEAD for that tag returned the digest, as docker does it;
 * - no pull by itself, if within the ten seconds before an index with that digest as an entry was requested.
 *
 * The order of the requests does not matter. `entriesOf` returns the digests of the entries of an index.
 */
export function attributePulls(
  requests: readonly ManifestRequestRow[],
  entriesOf: (digest: string) => readonly string[],
): Map<string, string | null> {
  // Of two HEADs at the same time the smaller tag comes last, so that the order of the input does not matter.
  const sorted = [...requests].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || ((a.tag ?? '') < (b.tag ?? '') ? 1 : -1),
  );
  const gets = sorted.filter(({ head }) => !head);
  const digestsWithoutTag = new Set(gets.filter(({ tag }) => tag === null).map(({ digest }) => digest));
  const heads = new Timeline();
  const indexes = new Timeline();
  for (const request of sorted) {
    if (request.head) {
      heads.add(request.digest, request);
      continue;
    }
    for (const entry of entriesOf(request.digest)) {
      if (digestsWithoutTag.has(entry)) indexes.add(entry, request);
    }
  }
  const pulledReference = ({ head, tag, digest, at }: ManifestRequestRow): string | null => {
    if (head) return null;
    if (tag !== null) return tag;
    const latestHead = heads.latest(digest, at);
    if (latestHead !== undefined) return latestHead.tag;
    return indexes.latest(digest, at) === undefined ? digest : null;
  };
  return new Map(requests.map((request) => [request.id, pulledReference(request)]));
}

/** Requests by digest, added in the order of time. */
class Timeline {
  private readonly requests = new Map<string, ManifestRequestRow[]>();

  add(digest: string, request: ManifestRequestRow): void {
    const list = this.requests.get(digest);
    if (list === undefined) this.requests.set(digest, [request]);
    else list.push(request);
  }

  /** The latest request of that digest in the ten seconds up to a moment. */
  latest(digest: string, moment: Date): ManifestRequestRow | undefined {
    const list = this.requests.get(digest) ?? [];
    let [from, to] = [0, list.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (list[middle]!.at <= moment) from = middle + 1;
      else to = middle;
    }
    const latest = list[from - 1];
    return latest !== undefined && moment.getTime() - latest.at.getTime() <= maxGapMs ? latest : undefined;
  }
}
