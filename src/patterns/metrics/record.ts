import { LOOM_ERRORS, LoomError } from "../../index.ts";
import type { Family, MetricDefinition, MetricLabels, MetricRecord, Recorded, Series } from "./types.ts";

// prometheus.io/docs/concepts/data_model
const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/;
const labelName = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
// A thousand series share a row of 2 MB, and a histogram has numbers beside its labels.
const mostLabelText = 500;
const mostBuckets = 50;

const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Adds `record` to what is known; false when it would make one series more than `most`. */
export function addRecord(known: Recorded, record: MetricRecord, { definition, most }: Rules): boolean {
  const stored = known.families.get(record?.name);
  checkRecord(record, definition ?? stored);
  const family = stored && isAs(stored, definition) ? stored : newFamily(record, definition);
  if (family.type === "counter" && record.value < 0) {
    throw refused(`The counter ${record.name} cannot grow by ${record.value}. Record it as a gauge.`);
  }
  const labels = sorted(record.labels);
  const key = JSON.stringify(labels);
  if (key.length > mostLabelText) throw refused(`The labels of ${record.name} are over ${mostLabelText} characters.`);
  if (!family.series.has(key)) {
    const others = known.size - (stored && stored !== family ? stored.series.size : 0);
    if (others >= most) return false;
    known.size = others + 1;
    known.families.set(record.name, family);
    family.series.set(key, newSeries(labels, family));
  }
  observe(family, family.series.get(key)!, record.value);
  return true;
}

/** What a record is held against. */
export interface Rules {
  readonly definition: MetricDefinition | undefined;
  /** How many series there may be. */
  readonly most: number;
}

/** False for a metric that was stored under another definition. */
function isAs({ type, bounds }: Family, definition: MetricDefinition | undefined): boolean {
  if (!definition) return true;
  if (type !== definition.type) return false;
  const { buckets = defaultBuckets } = definition;
  return type !== "histogram" || JSON.stringify(bounds) === JSON.stringify(buckets);
}

/** Refuses what no text format could hold. */
function checkRecord(record: MetricRecord, definition: Pick<MetricDefinition, "type"> | undefined): void {
  const { name, value, type, labels } = record ?? {};
  if (typeof name !== "string" || !metricName.test(name)) throw refused(`${JSON.stringify(name)} is no metric's name.`);
  if (!Number.isFinite(value)) throw refused(`${name}: ${String(value)} is no finite number.`);
  if (type !== undefined && !["counter", "gauge", "histogram"].includes(type)) {
    throw refused(`${name}: ${JSON.stringify(type)} is no type of metric.`);
  }
  if (definition && type !== undefined && type !== definition.type) {
    throw refused(`${name} is a ${definition.type}, and cannot be recorded as a ${type}.`);
  }
  for (const [label, text] of Object.entries(labels ?? {})) {
    const isFit = labelName.test(label) && label !== "le" && typeof text === "string" && text.isWellFormed();
    if (!isFit) throw refused(`${name}: ${JSON.stringify({ [label]: text })} is no label.`);
  }
}

function newFamily({ name, type }: MetricRecord, definition: MetricDefinition | undefined): Family {
  const is = definition?.type ?? type ?? "counter";
  const bounds = is === "histogram" ? (definition?.buckets ?? defaultBuckets) : [];
  if (bounds.length > mostBuckets || bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? -Infinity)))) {
    throw refused(`${name}: its buckets are not up to ${mostBuckets} growing numbers.`);
  }
  return { type: is, bounds, series: new Map() };
}

function newSeries(labels: MetricLabels, { type, bounds }: Family): Series {
  const series: Series = { labels, value: 0, count: 0, given: { value: 0, count: 0 } };
  return type === "histogram" ? { ...series, buckets: bounds.map(() => 0) } : series;
}

function observe({ type, bounds }: Family, series: Series, value: number): void {
  series.count += 1;
  if (type === "gauge") series.value = value;
  else series.value += value;
  const at = bounds.findIndex((bound) => value <= bound);
  if (at !== -1) series.buckets![at]! += 1;
}

function sorted(labels?: MetricLabels): MetricLabels {
  return Object.fromEntries(Object.entries(labels ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function refused(message: string): LoomError {
  return new LoomError(LOOM_ERRORS.INVALID_INPUT, { message, issues: [{ message }] });
}
