import { Gauge, Histogram, type Registry } from 'prom-client';

interface Figures {
  watches(): number;
  watchers(): number;
  /** 1 while watches are shared with other instances. */
  sharing(): number;
  /** Of the watch that is worst off. */
  stretch(): number;
}

export interface StatusMetrics {
  /** Seconds. */
  readonly pollDuration: Histogram<'outcome'>;
}

/** Registers the metrics of live status; gauges are read whenever the metrics are. */
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
  gauge('gateway_status_watches', 'Things that are being looked at.', figures.watches);
  gauge('gateway_status_watchers', 'Subscriptions to tool status that have begun.', figures.watchers);
  gauge('gateway_status_sharing', '1 while watches are shared with other instances through Redis.', figures.sharing);
  gauge(
    'gateway_status_interval_stretch',
    'How many times the interval the slowest looks take; above 1, changes are seen late.',
    figures.stretch,
  );
  return {
    pollDuration: new Histogram<'outcome'>({
      name: 'gateway_status_look_duration_seconds',
      help: 'Duration of looks at what is watched, waiting for a place included.',
      labelNames: ['outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}
