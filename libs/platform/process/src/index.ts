// Processes of this machine: who they are, whether they are alive, and locks among them. Knows no database.
export { tryLock, waitForLock } from './file-lock';
export type { HeldLock } from './file-lock';
export { identify, isAlive, ownIdentity, pidOf, signal, waitForEnd } from './process-identity';
export { stopOnSignals } from './shutdown';
export type { ShutdownLog } from './shutdown';
