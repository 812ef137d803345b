// PostgreSQL stores text in UTF-8 without U+0000, which JavaScript's strings can hold, as they can hold half a
// surrogate pair. Both become U+FFFD, as they do when bytes that are no UTF-8 are decoded: the text then equals no
// stored name, and what is stored can be read again.

const replacement = '\ufffd';
// The escapes with which JSON.stringify writes both. Behind a backslash they are text of the caller.
const unstorableEscape = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** The text as PostgreSQL can store it: well-formed, and without U+0000. The same string if it is that already. */
export function toStorable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', replacement) : wellFormed;
}

/** True for text that PostgreSQL can store as it is. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** A value as JSON that PostgreSQL can store: `toStorable` for all of its texts and keys. */
export function toStorableJson(value: unknown): string {
  const text = JSON.stringify(value);
  return unstorableEscape.test(text) ? JSON.stringify(withStorableTexts(value)) : text;
}

/** The transformer of every JSON column: TypeORM writes such a column as JSON itself. */
export const storableJson = {
  to: (value: unknown): unknown =>
    value === undefined || value === null ? value : (JSON.parse(toStorableJson(value)) as unknown),
  from: (value: unknown): unknown => value,
};

function withStorableTexts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => {
    if (typeof part === 'string') return toStorable(part);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, field]) => [toStorable(key), field]));
  }) as unknown;
}

/** Values of a statement as PostgreSQL can store them. The same array if nothing had to be replaced. */
export function toStorableValues<T>(values: readonly T[]): readonly T[] {
  let copy: T[] | undefined;
  for (const [index, value] of values.entries()) {
    const storable = toStorableValue(value);
    if (storable !== value) (copy ??= [...values])[index] = storable;
  }
  return copy ?? values;
}

function toStorableValue<T>(value: T): T {
  if (typeof value === 'string') return toStorable(value) as T;
  return Array.isArray(value) ? (toStorableValues<unknown>(value) as T) : value;
}
