import { Gauge, Histogram, type Registry } from 'prom-client';

interface Figures {
  watches(): number;
  watchers(): number;
  /** Projects in which the service credential is refused. */
  refused(): number;
  /** 1 while watches are shared with other instances. */
  sharing(): number;
  /** The largest `stretch` of all watches. */
  stretch(): number;
}

export interface StatusMetrics {
  /** In seconds, including the wait for a slot. */
  readonly pollDuration: Histogram<'outcome'>;
}

/** Registers the metrics of live status. Gauges call `figures` each time the metrics are read. */
export function createStatusMetrics(registry: Registry, figures: Figures): StatusMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge(
    'gateway_status_watches',
    'Targets that are being polled: agents, projects, and sets of tools, per credential.',
    figures.watches,
  );
  gauge('gateway_status_watchers', 'Open subscriptions to tool status.', figures.watchers);
  gauge('gateway_status_sharing', '1 while watches are shared with other instances through Redis.', figures.sharing);
  gauge(
    'gateway_status_service_refused',
    'Projects in which INKEEP_STATUS_TOKEN is refused, so that the credentials of callers are used for polls.',
    figures.refused,
  );
  gauge(
    'gateway_status_interval_stretch',
    'Duration of the slowest polls in intervals; above 1, changes are seen late.',
    figures.stretch,
  );
  return {
    pollDuration: new Histogram<'outcome'>({
      name: 'gateway_status_poll_duration_seconds',
      help: 'Duration of polls, including the wait for a slot.',
      labelNames: ['outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}
