import type { Registry } from 'prom-client';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

interface PreboundHistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Upper bounds in increasing order. A last bucket without a bound is added. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

/** One series of a histogram. */
export interface Series {
  observe(value: number): void;
}

/**
 * A histogram whose series are looked up once and then observed directly. prom-client's own checks, sorts and joins the labels
 * for each value, which costs several microseconds for each request. The registry shows it like any other histogram.
 */
export class PreboundHistogram<Label extends string> {
  readonly name: string;
  readonly #options: PreboundHistogramOptions<Label>;
  readonly #series: Node = { below: new Map() };

  constructor(options: PreboundHistogramOptions<Label>) {
    this.name = options.name;
    this.#options = options;
    // The registry calls nothing but `get`; its type asks for one of prom-client's own classes.
    options.registry.registerMetric(this as never);
  }

  /** The series of these label values, given in the order of `labelNames`. The values must be few: a series is kept for ever. */
  series(...values: readonly string[]): Series {
    // A tree, because a key of all values would be joined and hashed for each value observed.
    let node = this.#series;
    for (const value of values) {
      let below = node.below.get(value);
      if (!below) {
        below = { below: new Map() };
        node.below.set(value, below);
      }
      node = below;
    }
    node.cells ??= new Cells(this.#options.buckets, values);
    return node.cells;
  }

  /** Called by the registry. */
  async get() {
    const { name, help, labelNames } = this.#options;
    const values = cellsIn(this.#series).flatMap((cells) => cells.values(name, labelNames));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  /** Called by the registry. */
  reset(): void {
    this.#series.below.clear();
  }
}

/** The series by their first label value, then by their second, and so on. */
interface Node {
  readonly below: Map<string, Node>;
  cells?: Cells;
}

function cellsIn({ below, cells }: Node): Cells[] {
  return [...(cells ? [cells] : []), ...[...below.values()].flatMap(cellsIn)];
}

class Cells implements Series {
  readonly #bounds: readonly number[];
  readonly #labelValues: readonly string[];
  /** Values of each bucket alone; the last one has no bound. */
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[], labelValues: readonly string[]) {
    this.#bounds = bounds;
    this.#labelValues = labelValues;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    (this.#counts[bucket] as number) += 1;
    this.#sum += value;
    this.#count += 1;
  }

  /** The samples in the format of Prometheus: each bucket has the values of all lower ones too. */
  values(name: string, labelNames: readonly string[]): Sample[] {
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, this.#labelValues[index] ?? '']));
    let below = 0;
    const buckets = this.#counts.map((count, index) => {
      below += count;
      return { labels: { le: this.#bounds[index] ?? '+Inf', ...labels }, value: below, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels, value: this.#sum, metricName: `${name}_sum` },
      { labels, value: this.#count, metricName: `${name}_count` },
    ];
  }
}
