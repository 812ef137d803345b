// What the HTTP surfaces share that is no rule of any room: cursors of lists. Knows no framework; states no facts.
export { readCursor, writeCursor } from './cursor';
export type { CursorKey } from './cursor';
