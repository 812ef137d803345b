const steps: (() => Promise<void>)[] = [];

/** Adds what `globalSetup` has to undo when all tests have ended. */
export function onGlobalTeardown(step: () => Promise<void>): void {
  steps.push(step);
}

/** Undoes what `globalSetup` did. */
export default async function globalTeardown(): Promise<void> {
  for (const step of steps.splice(0).reverse()) await step();
}
