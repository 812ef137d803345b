import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { setImmediate as turn } from 'node:timers/promises';
import { sourcePath } from './source-path';

type Step = () => void;

// Outlives the files: when this process ends in the middle of one, however it ends, its steps still run.
const endSteps = new Set<Step>();

function end(): void {
  for (const step of [...endSteps].reverse()) {
    endSteps.delete(step);
    step();
  }
}

process.once('exit', end);
// Node ends without the exit event on these two, unless a caller listens.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** One test file: says what the file leaves open, and runs what it has put into `atFileEnd`. */
export default class Environment extends NodeEnvironment {
  private readonly file: string;
  private openBefore: ReadonlyMap<string, number> = new Map();

  constructor(...[config, context]: ConstructorParameters<typeof NodeEnvironment>) {
    super(config, context);
    this.file = sourcePath(config.projectConfig.rootDir, context.testPath);
    this.global.atFileEnd = (step: Step) => void endSteps.add(step);
  }

  override async setup(): Promise<void> {
    await super.setup();
    this.openBefore = openResources();
  }

  override async teardown(): Promise<void> {
    end();
    // What the last test has closed is gone after a turn or two of the event loop.
    for (let turns = 0; turns < 20 && this.stillOpen().length > 0; turns += 1) await turn();
    const open = this.stillOpen();
    if (open.length > 0) process.stdout.write(`still open after ${this.file}: ${open.join(', ')}\n`);
    await super.teardown();
  }

  private stillOpen(): string[] {
    return [...openResources()].flatMap(([kind, count]) => {
      const more = count - (this.openBefore.get(kind) ?? 0);
      return more > 0 ? [`${more} ${kind}`] : [];
    });
  }
}

// Timers and unfinished requests of the file system end by themselves.
function openResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (/Server|Socket|Process|Pipe|Worker/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
