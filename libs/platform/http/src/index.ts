// What the HTTP surfaces share and no library of the domain owns: cursors of lists, IP
// addresses. Knows no framework, emits no facts.
export { readCursor, writeCursor } from './cursor';
export type { CursorKey } from './cursor';
export { parseIpAddress } from './ip-address';
