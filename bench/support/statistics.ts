/** A median and the interval that holds it with 95 % confidence. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The middle of `values`. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of `values` with its 95 % interval, by bootstrap. */
export function estimate(values: readonly number[], resamples = 2000): Estimate {
  const medians = Float64Array.from({ length: resamples }, () => medianOf(values.map(() => pick(values)))).sort();
  return {
    median: medianOf(values),
    low: medians[Math.floor(resamples * 0.025)]!,
    high: medians[Math.floor(resamples * 0.975)]!,
  };
}

function pick(values: readonly number[]): number {
  return values[Math.floor(Math.random() * values.length)]!;
}
