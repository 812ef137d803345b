import { createContext, Script } from 'node:vm';

/** A task that was not finished in time, or not possible within the depth of the stack. */
export const cut = Symbol('cut');

const task = new Script('run()');
const sandbox: { run: () => void } = { run: () => undefined };
const context = createContext(sandbox);

/**
 * Runs a function that does not wait for anything, for this long at most: texts that others write may make a parser take
 * minutes for a few kilobytes. What it does outside of itself may be half done when it is cut.
 */
export function withinTime<T>(timeoutMs: number, run: () => T): T | typeof cut {
  let result: T | typeof cut = cut;
  sandbox.run = () => {
    result = run();
  };
  try {
    task.runInContext(context, { timeout: timeoutMs });
    return result;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    // By name: the error may be of another realm.
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' || name === 'RangeError') return cut;
    throw error;
  } finally {
    sandbox.run = () => undefined;
  }
}
