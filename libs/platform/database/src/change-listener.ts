import { randomBytes } from 'node:crypto';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { notify } from './change-listener.queries';
import { PeerSync, peerSyncChannel } from './peer-sync';
import { runQuery } from './query';
import { unavailabilityLogOf, type UnavailabilityLog } from './unavailability-log';

/** What changed: `topic:key` as the triggers of the schema send it, or undefined when anything may have changed. */
export type Change = string | undefined;

const channel = 'central_index_change';
const heartbeatMs = 250;
const connectionTimeoutMs = 3_000;
const retryMs = 500;

/**
 * Receives the changes that other processes commit, by LISTEN on a connection of its own. A heartbeat, sent four times
 * per second through the same notification queue, proves that everything committed before it has arrived; without a
 * recent heartbeat no cache may be trusted. The connection is opened when `isLive` is first read, so that commands and
 * workers that cache nothing need none.
 */
export class ChangeListener implements OnModuleDestroy {
  /**
   * How long a process trusts its caches after the last heartbeat that it received. What was committed earlier than
   * that is visible in every process; revocation promises one second.
   */
  static readonly maxStalenessMs = 900;

  /**
   * The notification that something was hidden from others. It is sent by the schema, and a transaction that caused it
   * returns when every process has received it.
   */
  static readonly hidden = 'hidden:repository';

  /** What must not show hidden things may be cached no longer than this: other processes are waited for no longer. */
  static readonly maxHiddenAgeMs = 250;

  private readonly listeners: ((change: Change) => void)[] = [];
  private readonly heartbeatChannel = `central_index_heartbeat_${randomBytes(8).toString('hex')}`;
  private readonly peers = new PeerSync(this.heartbeatChannel);
  private barriers: { readonly heartbeat: number; readonly resolve: (isReached: boolean) => void }[] = [];
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private connecting: Promise<void> | undefined;
  private heartbeatsSent = 0;
  private isSending = false;
  private sendAgain = false;
  private readonly sentAt = new Map<number, number>();
  private confirmedAt = -Infinity;
  private changeCount = 0;
  private hidings = 0;
  private readonly unavailability: UnavailabilityLog;

  constructor(
    private readonly options: { readonly url: string; readonly role: string },
    logger: Logger,
  ) {
    this.unavailability = unavailabilityLogOf(logger);
  }

  /** True while every change that was committed more than a second ago has certainly been received. */
  get isLive(): boolean {
    if (this.timer === undefined) this.start();
    return performance.now() - this.confirmedAt < ChangeListener.maxStalenessMs;
  }

  /** Grows with every change received. A value that was read may be cached only if this stayed the same meanwhile. */
  get count(): number {
    return this.changeCount;
  }

  /** Calls `listener` with every change from now on. */
  subscribe(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  /** Grows with every notification that something was hidden. */
  get hidingCount(): number {
    return this.hidings;
  }

  /**
   * Resolves when this process has received what is committed by now, or may not trust its caches anyway; and, if
   * anything was hidden since `hidingCount` had the given value, when no other process caches it.
   */
  async waitForSync(hidingCount = this.hidings): Promise<void> {
    // A process that does not listen caches nothing, and serves no requests.
    if (this.timer === undefined) return;
    const waitUntil = performance.now() + ChangeListener.maxHiddenAgeMs;
    const client = this.isLive ? this.client : undefined;
    const isReached = client !== undefined && (await this.reachBarrier(client));
    // A timer drops fractions of milliseconds, and fires up to one early.
    const remainingMs = Math.ceil(Math.max(waitUntil - performance.now(), 0)) + 1;
    // Without notifications, it is unknown whether anything was hidden.
    if (!isReached) await pause(remainingMs);
    else if (this.hidings > hidingCount) await this.peers.wait(client, remainingMs);
  }

  // Returns false if the connection was lost, or too slow.
  private reachBarrier(client: Client): Promise<boolean> {
    const heartbeat = this.sendHeartbeat(client);
    return new Promise((resolve) => {
      // Not AbortSignal.timeout(): its timer could not be cleared, and every transaction waits here.
      const timeout = setTimeout(() => resolve(false), ChangeListener.maxStalenessMs);
      this.barriers.push({
        heartbeat,
        resolve: (isReached) => {
          clearTimeout(timeout);
          resolve(isReached);
        },
      });
    });
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.confirmedAt = -Infinity;
    // A connection that is being opened would otherwise outlive this object, and the process would not end.
    await this.connecting;
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private start(): void {
    let retryAt = 0;
    const connect = async (): Promise<void> => {
      try {
        await this.connect();
      } catch (error) {
        retryAt = performance.now() + retryMs;
        this.reportFailure(error);
      } finally {
        this.connecting = undefined;
      }
    };
    const step = (): void => {
      if (this.client !== undefined) this.checkConnection(this.client);
      else if (performance.now() >= retryAt) this.connecting ??= connect();
    };
    this.timer = setInterval(step, heartbeatMs).unref();
    step();
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.options.url,
      application_name: `central-index ${this.options.role} listener`,
      connectionTimeoutMillis: connectionTimeoutMs,
      keepAlive: true,
    });
    client.on('error', (error) => this.handleConnectionLoss(client, error));
    client.on('end', () => this.handleConnectionLoss(client));
    client.on('notification', ({ channel: on, payload = '', processId }) => {
      if (on === channel) this.dispatch(payload.endsWith(':') ? undefined : payload);
      else if (on === peerSyncChannel) this.confirmSync(client, payload);
      else if (!this.peers.receive(payload, processId)) this.confirmHeartbeat(Number(payload));
    });
    await client.connect();
    try {
      await client.query(`listen ${channel}; listen ${peerSyncChannel}; listen ${this.heartbeatChannel}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    this.client = client;
    this.unavailability.recover();
    // Changes that were committed while no connection listened were not received.
    this.sentAt.clear();
    this.isSending = false;
    this.dispatch(undefined);
    this.sendHeartbeat(client);
  }

  private checkConnection(client: Client): void {
    const [oldest] = this.sentAt.values();
    if (oldest !== undefined && performance.now() - oldest > connectionTimeoutMs) {
      this.handleConnectionLoss(client);
      void client.end().catch(() => undefined);
    } else this.sendHeartbeat(client);
  }

  /** Sends a heartbeat, one at a time; returns the number of a heartbeat that is sent after this call. */
  private sendHeartbeat(client: Client): number {
    if (this.isSending) {
      this.sendAgain = true;
      return this.heartbeatsSent + 1;
    }
    this.heartbeatsSent += 1;
    this.isSending = true;
    this.sentAt.set(this.heartbeatsSent, performance.now());
    runQuery(client, notify, [this.heartbeatChannel, String(this.heartbeatsSent)]).then(
      () => {
        if (this.client !== client) return;
        this.isSending = false;
        if (this.sendAgain) this.sendHeartbeat(client);
        this.sendAgain = false;
      },
      (error: unknown) => this.handleConnectionLoss(client, error),
    );
    return this.heartbeatsSent;
  }

  private confirmSync(client: Client, payload: string): void {
    this.peers.confirm(client, payload).catch((error: unknown) => this.handleConnectionLoss(client, error));
  }

  private confirmHeartbeat(heartbeat: number): void {
    this.confirmedAt = this.sentAt.get(heartbeat) ?? this.confirmedAt;
    for (const sent of this.sentAt.keys()) if (sent <= heartbeat) this.sentAt.delete(sent);
    this.openBarriers(heartbeat, true);
  }

  private handleConnectionLoss(client: Client, error: unknown = new Error('Connection terminated')): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.confirmedAt = -Infinity;
    this.openBarriers(Infinity, false);
    this.reportFailure(error);
  }

  // Caches are bypassed meanwhile.
  private reportFailure(error: unknown): void {
    this.unavailability.report(error, { source: 'change listener' });
  }

  private openBarriers(heartbeat: number, isReached: boolean): void {
    for (const barrier of this.barriers) if (barrier.heartbeat <= heartbeat) barrier.resolve(isReached);
    this.barriers = this.barriers.filter((barrier) => barrier.heartbeat > heartbeat);
  }

  private dispatch(change: Change): void {
    this.changeCount += 1;
    if (change === undefined || change === ChangeListener.hidden) this.hidings += 1;
    for (const listener of this.listeners) listener(change);
  }
}
