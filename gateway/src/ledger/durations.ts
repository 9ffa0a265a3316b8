import type { Histogram, MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client';

/** Upper bounds of the buckets. */
export const DURATION_BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** How a histogram is called, and what it tells. */
export interface DurationsName {
  readonly name: string;
  readonly help: string;
}

type Scraped = Pick<MetricObjectWithValues<MetricValueWithName<'le'>>, 'name' | 'help' | 'aggregator' | 'values'> & {
  readonly type: 'histogram';
};

/**
 * A histogram without labels. Every turn is observed twice, and the library's own histogram works out anew each time
 * which labels there are none of; what is scraped is still written by the library.
 */
export class Durations {
  readonly name: string;
  readonly #help: string;
  readonly #counts = DURATION_BOUNDS_SECONDS.map(() => 0);
  #count = 0;
  #sumSeconds = 0;

  constructor({ name, help }: DurationsName, registry: Registry) {
    this.name = name;
    this.#help = help;
    // All that a registry asks of a metric is its name and what `get` gives.
    registry.registerMetric(this as unknown as Histogram);
  }

  observe(seconds: number): void {
    this.#count += 1;
    this.#sumSeconds += seconds;
    for (let at = 0; at < DURATION_BOUNDS_SECONDS.length; at += 1) {
      if (seconds > (DURATION_BOUNDS_SECONDS[at] ?? 0)) continue;
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
      return;
    }
  }

  /** The numbers, as the registry reads them at a scrape. */
  get(): Promise<Scraped> {
    let below = 0;
    const buckets = DURATION_BOUNDS_SECONDS.map((le, at) =>
      this.#value('bucket', (below += this.#counts[at] ?? 0), le),
    );
    const values = [
      ...buckets,
      this.#value('bucket', this.#count, '+Inf'),
      this.#value('sum', this.#sumSeconds),
      this.#value('count', this.#count),
    ];
    return Promise.resolve({
      name: this.name,
      help: this.#help,
      type: 'histogram',
      aggregator: 'sum',
      values,
    });
  }

  #value(part: string, value: number, le?: number | string): MetricValueWithName<'le'> {
    return { metricName: `${this.name}_${part}`, value, labels: le === undefined ? {} : { le } };
  }
}
