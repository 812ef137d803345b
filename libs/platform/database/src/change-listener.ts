import { randomBytes } from 'node:crypto';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Logger } from '@central-index/platform/logging';
import { Client } from 'pg';

/** What changed: `topic:key` as the triggers of the schema tell it, or undefined when anything may have. */
export type Change = string | undefined;

const channel = 'central_index_change';
const heartbeatMs = 250;
const connectionTimeoutMs = 3_000;
const retryMs = 500;

/**
 * Hears what other processes change, by LISTEN on a connection of its own. A beat, sent four times a second through
 * the same queue, proves that everything committed before it has arrived; without a fresh one nobody may trust what he
 * remembers. Listens from the first question on, so commands and workers that remember nothing need no connection.
 */
export class ChangeListener implements OnModuleDestroy {
  /**
   * How long a process trusts what it remembers after it was last sure to hear everything. What was committed longer
   * ago holds everywhere. Revocation promises a second.
   */
  static readonly maxStalenessMs = 900;

  private readonly listeners: ((change: Change) => void)[] = [];
  private readonly heartbeatChannel = `central_index_heartbeat_${randomBytes(8).toString('hex')}`;
  private barriers: { readonly heartbeat: number; readonly resolve: () => void }[] = [];
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private connecting: Promise<void> | undefined;
  private heartbeatsSent = 0;
  private sending = false;
  private sendAgain = false;
  private readonly sentAt = new Map<number, number>();
  private confirmedAt = -Infinity;
  private changeCount = 0;

  constructor(
    private readonly options: { readonly url: string; readonly role: string },
    private readonly logger: Logger,
  ) {}

  /** True while everything that was committed a second ago has certainly been heard. */
  get isLive(): boolean {
    if (this.timer === undefined) this.start();
    return performance.now() - this.confirmedAt < ChangeListener.maxStalenessMs;
  }

  /** Grows with every change heard. What was read is worth keeping only if it stood still meanwhile. */
  get count(): number {
    return this.changeCount;
  }

  /** Calls back with every change from now on. */
  subscribe(hearer: (change: Change) => void): void {
    this.listeners.push(hearer);
  }

  /** Resolves when this process has heard what is committed by now, or may not trust its memory anyway. */
  async waitForSync(): Promise<void> {
    if (this.timer === undefined || !this.isLive) return;
    const { client } = this;
    if (client === undefined) return;
    const beat = this.heartbeat(client);
    await new Promise<void>((resolve) => {
      const expired = setTimeout(resolve, ChangeListener.maxStalenessMs);
      const heard = (): void => {
        clearTimeout(expired);
        resolve();
      };
      this.barriers.push({ heartbeat: beat, resolve: heard });
    });
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.confirmedAt = -Infinity;
    // One that is being made would otherwise outlive this, and its process would not end.
    await this.connecting;
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private start(): void {
    let idleUntil = 0;
    const connect = async (): Promise<void> => {
      try {
        await this.connect();
      } catch (error) {
        idleUntil = performance.now() + retryMs;
        this.logger.warn({ err: error }, 'cannot listen for changes; nothing is remembered meanwhile');
      } finally {
        this.connecting = undefined;
      }
    };
    const step = (): void => {
      if (this.client !== undefined) this.watch(this.client);
      else if (performance.now() >= idleUntil) this.connecting ??= connect();
    };
    this.timer = setInterval(step, heartbeatMs).unref();
    step();
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.options.url,
      application_name: `central-index ${this.options.role} listener`,
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ channel: on, payload = '' }) => {
      if (on === channel) this.dispatch(payload.endsWith(':') ? undefined : payload);
      else this.confirmHeartbeat(Number(payload));
    });
    await client.connect();
    try {
      await client.query(`listen ${channel}; listen ${this.heartbeatChannel}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    this.client = client;
    // Whatever happened while nobody listened was not heard.
    this.sentAt.clear();
    this.sending = false;
    this.dispatch(undefined);
    this.heartbeat(client);
  }

  private watch(client: Client): void {
    const [oldest] = this.sentAt.values();
    if (oldest !== undefined && performance.now() - oldest > connectionTimeoutMs) {
      this.lost(client);
      void client.end().catch(() => undefined);
    } else this.heartbeat(client);
  }

  /** Sends a beat, one at a time; answers the number of one that is sent from now on. */
  private heartbeat(client: Client): number {
    if (this.sending) {
      this.sendAgain = true;
      return this.heartbeatsSent + 1;
    }
    this.heartbeatsSent += 1;
    this.sending = true;
    this.sentAt.set(this.heartbeatsSent, performance.now());
    client.query('select pg_notify($1, $2)', [this.heartbeatChannel, String(this.heartbeatsSent)]).then(
      () => {
        if (this.client !== client) return;
        this.sending = false;
        if (this.sendAgain) this.heartbeat(client);
        this.sendAgain = false;
      },
      () => this.lost(client),
    );
    return this.heartbeatsSent;
  }

  private confirmHeartbeat(beat: number): void {
    this.confirmedAt = this.sentAt.get(beat) ?? this.confirmedAt;
    for (const sent of this.sentAt.keys()) if (sent <= beat) this.sentAt.delete(sent);
    this.release(beat);
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.confirmedAt = -Infinity;
    this.release(Infinity);
    this.logger.warn('lost the connection that listens for changes; nothing is remembered meanwhile');
  }

  private release(beat: number): void {
    for (const fence of this.barriers) if (fence.heartbeat <= beat) fence.resolve();
    this.barriers = this.barriers.filter((fence) => fence.heartbeat > beat);
  }

  private dispatch(change: Change): void {
    this.changeCount += 1;
    for (const hearer of this.listeners) hearer(change);
  }
}
