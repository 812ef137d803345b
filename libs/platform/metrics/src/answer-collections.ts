import type { CollectAnswer, CollectRequest } from './metrics-collector';
import { metricsText, type MetricsSnapshot } from './snapshot';
import { serveMetrics, type MetricsListener } from './serve-metrics';

/**
 * Makes the metrics of this process available: to its supervisor, if it has one, else on an address of its own, if one is
 * configured. `collect` gets whether to include what all processes share.
 */
export async function answerCollections(
  address: { readonly host: string; readonly port: number | undefined },
  collect: (shared: boolean) => Promise<MetricsSnapshot>,
): Promise<MetricsListener | undefined> {
  if (process.send === undefined) {
    if (address.port === undefined) return undefined;
    const page = async (): Promise<string> => {
      const { own, shared } = await collect(true);
      return metricsText([own, shared]);
    };
    return serveMetrics({ host: address.host, port: address.port, collect: page });
  }
  process.on('message', (message: unknown) => {
    const request = message as Partial<CollectRequest> | null;
    if (request?.type !== 'collect-metrics') return;
    void collect(request.shared === true)
      .catch((): MetricsSnapshot => ({ own: [], shared: [] }))
      .then((snapshot) => {
        const answer: CollectAnswer = { type: 'metrics', snapshot };
        // The supervisor may have ended.
        if (process.connected) process.send?.(answer, undefined, undefined, () => undefined);
      });
  });
  return undefined;
}
