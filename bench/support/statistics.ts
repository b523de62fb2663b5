/** A median and the interval that holds it with 95 % confidence. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of what several processes gave, with its 95 % interval.
 *
 * By bootstrap in two steps, processes and then their values: values of one process are more alike than those of two,
 * and an interval that takes them for independent is too narrow.
 */
export function estimate(processes: readonly (readonly number[])[], resamples = 2000): Estimate {
  const medians = Float64Array.from({ length: resamples }, () =>
    medianOf(resample(processes).flatMap(resample)),
  ).sort();
  return {
    median: medianOf(processes.flat()),
    low: medians[Math.floor(resamples * 0.025)]!,
    high: medians[Math.floor(resamples * 0.975)]!,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function resample<Value>(values: readonly Value[]): Value[] {
  return values.map(() => values[Math.floor(Math.random() * values.length)]!);
}
