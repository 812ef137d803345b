const mark = ' # SKIP ';

/** The title of a skipped test, with the reason in it, as TAP writes it: Jest carries nothing else to the reporter. */
export function titleWithReason(title: string, reason: string): string {
  return `${title}${mark}${reason}`;
}

/** Title and reason again, if there is one. */
export function splitReason(title: string): { title: string; reason?: string } {
  const at = title.indexOf(mark);
  if (at < 0) return { title };
  return { title: title.slice(0, at), reason: title.slice(at + mark.length) };
}
