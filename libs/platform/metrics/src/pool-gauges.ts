import { Gauge, type Registry } from 'prom-client';

/** How one pool of database connections is used. */
export interface PoolUsage {
  readonly pool: string;
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

/** Registers the gauges of a process's pools of database connections. `read` is called at each collection. */
export function poolGauges(registry: Registry, read: () => readonly PoolUsage[]): void {
  new Gauge({
    name: 'central_index_database_pool_connections',
    help: 'Connections to the database, by pool and state (used or idle)',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const { pool, total, idle } of read()) {
        this.set({ pool, state: 'used' }, total - idle);
        this.set({ pool, state: 'idle' }, idle);
      }
    },
  });
  new Gauge({
    name: 'central_index_database_pool_waiting',
    help: 'Callers that wait for a connection to the database',
    labelNames: ['pool'],
    registers: [registry],
    collect() {
      for (const { pool, waiting } of read()) this.set({ pool }, waiting);
    },
  });
}
