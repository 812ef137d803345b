import TestRunner, { EmittingTestRunner, type Config, type TestRunnerContext } from 'jest-runner';
import { readFileSync } from 'node:fs';

type RunTests = TestRunner['runTests'];

/**
 * Runs files in two lanes, one file at a time in each: those that use the machine's container engine or its storage, which
 * is one, and all others. Most of them wait for a registry or a timeout for much of their time.
 */
export default class LaneRunner extends EmittingTestRunner {
  private readonly lanes: readonly TestRunner[];

  constructor(globalConfig: Config.GlobalConfig, context: TestRunnerContext) {
    super(globalConfig, context);
    // A worker of its own for each: Jest runs files in its own process otherwise, where only one can run.
    this.lanes = [0, 1].map(() => new TestRunner({ ...globalConfig, maxWorkers: 1 }, context));
  }

  override async runTests(...[tests, watcher, options]: Parameters<RunTests>): ReturnType<RunTests> {
    await Promise.all(
      this.lanes.map(async (lane, index) => {
        const own = tests.filter(({ path }) => laneOf(path) === index);
        if (own.length > 0) await lane.runTests(own, watcher, { ...options, serial: false });
      }),
    );
  }

  override on: TestRunner['on'] = (name, listener) => {
    const unsubscribe = this.lanes.map((lane) => lane.on(name, listener));
    return () => unsubscribe.forEach((end) => end());
  };
}

const enginePrograms = /\b(?:dockerd|podman|buildah|skopeo|ctr|compose)Program\b/;

function laneOf(path: string): number {
  return enginePrograms.test(readFileSync(path, 'utf8')) ? 0 : 1;
}
