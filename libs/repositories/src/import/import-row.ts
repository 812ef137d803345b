import { parseRepositoryName } from '@central-index/naming';
import { descriptionRule, isDescription } from '../repository/repository-texts';

/** One repository to import. Undefined stands for unknown and changes nothing. */
export interface ImportRow {
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly description?: string;
  readonly stars?: number;
  readonly pulls?: number;
  readonly automated?: boolean;
  /** True if the other index has images of it: search may then list it. */
  readonly hasImages: boolean;
}

/** Reads one line of a file; returns what is wrong with it if it is invalid. */
export type RowReader = (line: string) => ImportRow | string;

const maxStars = 2_147_483_647;

/** Reads `{namespace, name, description, star_count, pull_count, is_official, is_automated}`; other keys are ignored. */
export const readRepositoryRow: RowReader = (line) => {
  const fields = parseObject(line);
  if (fields === undefined) return 'is not a JSON object';
  const official = fields.is_official ?? false;
  if (typeof official !== 'boolean') return 'is_official must be true, false or null';
  if (!isAbsentOr('boolean', fields.is_automated)) return 'is_automated must be true, false or null';
  const namespace = fields.namespace ?? (official ? 'library' : undefined);
  if (official && namespace !== 'library') return 'is_official repositories belong to the namespace library';
  const stars = count(fields.star_count, maxStars);
  if (stars === null) return 'star_count must be a whole number of at least 0';
  const pulls = count(fields.pull_count, Number.MAX_SAFE_INTEGER);
  if (pulls === null) return 'pull_count must be a whole number of at least 0';
  return finish(namespace, fields.name, fields.description, {
    stars,
    pulls,
    automated: fields.is_automated as boolean | null | undefined,
    hasImages: true,
  });
};

/** Reads `{name, short_description, tags_count}` of an official repository; other keys are ignored. */
export const readOfficialRow: RowReader = (line) => {
  const fields = parseObject(line);
  if (fields === undefined) return 'is not a JSON object';
  const tags = count(fields.tags_count, Number.MAX_SAFE_INTEGER);
  if (tags === null) return 'tags_count must be a whole number of at least 0';
  return finish('library', fields.name, fields.short_description, { hasImages: (tags ?? 0) > 0 });
};

function finish(
  namespace: unknown,
  name: unknown,
  description: unknown,
  rest: { stars?: number; pulls?: number; automated?: boolean | null; hasImages: boolean },
): ImportRow | string {
  if (typeof namespace !== 'string' || typeof name !== 'string') return 'namespace and name must be strings';
  const parsed = parseRepositoryName(`${namespace}/${name}`);
  if (parsed === undefined) return 'namespace and name do not make a valid repository name';
  if (!isAbsentOr('string', description)) return 'the description must be a string or null';
  const text = (description as string | null | undefined)?.replace(/\s+/g, ' ').trim();
  if (text !== undefined && !isDescription(text)) return `the description ${descriptionRule}`;
  return {
    namespace: parsed.namespace,
    name: parsed.name,
    path: parsed.path,
    description: text,
    stars: rest.stars,
    pulls: rest.pulls,
    automated: rest.automated ?? undefined,
    hasImages: rest.hasImages,
  };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined if the value is unknown, null if it is no count. */
function count(value: unknown, max: number): number | null | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max ? value : null;
}

function isAbsentOr(type: 'boolean' | 'string', value: unknown): boolean {
  return value === undefined || value === null || typeof value === type;
}
