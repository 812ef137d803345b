import type { Command } from 'commander';

/** `start`, `server` and `worker`: the commands that run until they are stopped. */
export function roleCommands(_program: Command): void {}
