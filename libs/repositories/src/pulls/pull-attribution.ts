/** A request for a manifest that may be a pull, or part of one. */
export interface ManifestRequestRow {
  readonly id: string;
  readonly at: Date;
  readonly head: boolean;
  readonly tag: string | null;
  readonly digest: string;
}

const togetherMs = 10_000;

/**
 * What the requests of one address to one repository are counted for, by id: a tag, a digest, or null when they are
 * no pull of their own. A GET is a pull. One by digest is one of the tag that was asked for by HEAD within the ten
 * seconds before, as docker does, and none when it belongs to an index that was got within that time. The order in
 * which requests are given does not matter. `childrenOf` tells the entries of an index.
 */
export function attributePulls(
  requests: readonly ManifestRequestRow[],
  childrenOf: (digest: string) => readonly string[],
): Map<string, string | null> {
  // Of two looks at the same moment the smaller tag comes last, so that the order they are given in decides nothing.
  const sorted = [...requests].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || ((a.tag ?? '') < (b.tag ?? '') ? 1 : -1),
  );
  const gets = sorted.filter(({ head }) => !head);
  const wanted = new Set(gets.filter(({ tag }) => tag === null).map(({ digest }) => digest));
  const looks = new Timeline();
  const wholes = new Timeline();
  for (const one of sorted) {
    if (one.head) looks.add(one.digest, one);
    else for (const child of childrenOf(one.digest)) if (wanted.has(child)) wholes.add(child, one);
  }
  const counted = ({ head, tag, digest, at }: ManifestRequestRow): string | null => {
    if (head) return null;
    if (tag !== null) return tag;
    const look = looks.latest(digest, at);
    if (look !== undefined) return look.tag;
    return wholes.latest(digest, at) === undefined ? digest : null;
  };
  return new Map(requests.map((one) => [one.id, counted(one)]));
}

/** Requests by digest, added in the order of time. */
class Timeline {
  private readonly requests = new Map<string, ManifestRequestRow[]>();

  add(digest: string, request: ManifestRequestRow): void {
    const known = this.requests.get(digest);
    if (known === undefined) this.requests.set(digest, [request]);
    else known.push(request);
  }

  /** The latest one of that digest in the ten seconds up to a moment. */
  latest(digest: string, moment: Date): ManifestRequestRow | undefined {
    const known = this.requests.get(digest) ?? [];
    let [from, to] = [0, known.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (known[middle]!.at <= moment) from = middle + 1;
      else to = middle;
    }
    const found = known[from - 1];
    return found !== undefined && moment.getTime() - found.at.getTime() <= togetherMs ? found : undefined;
  }
}
