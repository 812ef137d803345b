// Processes of this machine: their identity, whether they are alive, how they stop, and locks among them.
export { renewHealthFile } from './health-file';
export { tryLock, waitForLock } from './file-lock';
export type { HeldLock } from './file-lock';
export { logUnhandledRejections, runUntilStopped } from './run-until-stopped';
export type { StopOptions } from './run-until-stopped';
export { identify, isAlive, ownIdentity, pidOf, signal, waitForEnd } from './process-identity';
