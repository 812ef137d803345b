/** A duration in words for a message to a person, rounded up: `40 seconds`, `5 minutes`, `3 hours`. */
export function durationText(seconds: number): string {
  const [size, unit] = seconds <= 90 ? [1, 'second'] : seconds <= 5_400 ? [60, 'minute'] : [3_600, 'hour'];
  const count = Math.max(1, Math.ceil(seconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
