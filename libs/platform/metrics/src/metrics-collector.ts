import { addCounts, metricsText, type MetricJson, type MetricsSnapshot } from './snapshot';

/** A child process that answers collections; Node's ChildProcess is one. */
export interface MeasuredProcess {
  readonly connected: boolean;
  send(message: object, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
}

/** The request of a supervisor. `shared`: whether this process also reads what all processes share. */
export interface CollectRequest {
  readonly type: 'collect-metrics';
  readonly shared: boolean;
}

/** The answer to a CollectRequest. */
export interface CollectAnswer {
  readonly type: 'metrics';
  readonly snapshot: MetricsSnapshot;
}

const answerTimeoutMs = 2_000;

interface Member {
  readonly process: MeasuredProcess;
  readonly isServer: boolean;
  own: readonly MetricJson[];
  answered: (shared: readonly MetricJson[]) => void;
}

/** Collects the metrics of a supervisor's children. */
export class MetricsCollector {
  private readonly members = new Set<Member>();
  private ended: Promise<readonly MetricJson[]> = Promise.resolve([]);

  /** Collects from this process until it exits. Only servers read what all processes share. */
  add(process: MeasuredProcess, isServer: boolean): void {
    const member: Member = { process, isServer, own: [], answered: () => undefined };
    this.members.add(member);
    process.on('message', (message) => {
      const answer = message as Partial<CollectAnswer> | null;
      if (answer?.type !== 'metrics' || answer.snapshot === undefined) return;
      member.own = answer.snapshot.own;
      member.answered(answer.snapshot.shared);
    });
    process.once('exit', () => {
      this.members.delete(member);
      member.answered([]);
      this.ended = this.ended.then((sum) => addCounts(sum, member.own));
    });
  }

  /** The page. A process that does not answer within two seconds appears with what it measured before. */
  async text(): Promise<string> {
    const reader = [...this.members].find(({ isServer, process }) => isServer && process.connected);
    const shared = await Promise.all([...this.members].map((member) => request(member, member === reader)));
    const own = [...this.members].map((member) => member.own);
    return metricsText([...own, ...shared, await this.ended]);
  }
}

function request(member: Member, shared: boolean): Promise<readonly MetricJson[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve([]), answerTimeoutMs);
    member.answered = (metrics) => {
      clearTimeout(timer);
      resolve(metrics);
    };
    const message: CollectRequest = { type: 'collect-metrics', shared };
    if (member.process.connected) member.process.send(message, (error) => error && member.answered([]));
    else member.answered([]);
  });
}
