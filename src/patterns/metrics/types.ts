/** What a metric is: a sum that only grows, a value that goes up and down, or a distribution. */
export type MetricType = "counter" | "gauge" | "histogram";

/** What a class says of one metric. */
export interface MetricDefinition {
  readonly type: MetricType;
  /** What it means, for readers of `GET /metrics`. */
  readonly help?: string;
  /** The upper bounds of a histogram's buckets, growing. @default 5 ms to 10 s, in seconds */
  readonly buckets?: readonly number[];
}

/** What tells the series of one metric apart. */
export type MetricLabels = Readonly<Record<string, string>>;

/** How a value is recorded. */
export interface MetricOptions {
  /** For a metric that the class does not define: what it is. @default "counter" */
  readonly type?: MetricType;
  readonly labels?: MetricLabels;
}

/** One value on its way to the object. */
export interface MetricRecord extends MetricOptions {
  readonly name: string;
  readonly value: number;
}

/** What one series did since it was last given away. */
export interface MetricPoint {
  readonly name: string;
  readonly type: MetricType;
  readonly labels: MetricLabels;
  /** By how much a counter grew, what a gauge is, the sum of what a histogram observed. */
  readonly value: number;
  /** How many values were observed by a histogram, else 1. */
  readonly count: number;
  /** When it was looked at, in Unix milliseconds. */
  readonly at: number;
}

/** One series as it is stored. */
export interface Series {
  readonly labels: MetricLabels;
  /** A histogram's sum. */
  value: number;
  count: number;
  /** How many values fell into each bucket and no smaller one; for histograms. */
  buckets?: number[];
  /** What was given away of `value` and `count`. */
  given: { value: number; count: number };
}

/** One metric as it is stored. */
export interface Family {
  readonly type: MetricType;
  readonly bounds: readonly number[];
  /** By their labels as text. */
  readonly series: Map<string, Series>;
}

/** Everything that an object has recorded. */
export interface Recorded {
  readonly families: Map<string, Family>;
  /** How many series there are. */
  size: number;
  /** How many values found no room. */
  dropped: number;
}
