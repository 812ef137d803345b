const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digest = /^sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$/;

/** True for a tag by the distribution specification: 1 to 128 of `A-Za-z0-9_.-`, not starting with `.` or `-`. */
export function isTag(text: string): boolean {
  return tag.test(text);
}

/** True for a digest of a registered algorithm, in lower-case hexadecimal. */
export function isDigest(text: string): boolean {
  return digest.test(text);
}
