import type { Family, MetricLabels, Recorded, Series } from "./types.ts";

/** How Prometheus reads metrics. */
export type TextFormat = "prometheus" | "openmetrics";

export const contentTypes: Readonly<Record<TextFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What a request's `Accept` asks for. */
export function formatFor(accept: string | null): TextFormat {
  return accept?.includes("application/openmetrics-text") ? "openmetrics" : "prometheus";
}

/** All metrics as text; `helpOf` says what a metric means. */
export function textOf(known: Recorded, format: TextFormat, helpOf: (name: string) => string | undefined): string {
  const lines = [...known.families].flatMap(([name, family]) =>
    familyLines({ name, family, format, help: helpOf(name) }),
  );
  if (known.dropped > 0) lines.push(...droppedLines(known.dropped, format));
  if (format === "openmetrics") lines.push("# EOF");
  return lines.map((line) => `${line}\n`).join("");
}

interface Shown {
  readonly name: string;
  readonly family: Family;
  readonly format: TextFormat;
  readonly help: string | undefined;
}

function familyLines({ name, family, format, help }: Shown): string[] {
  // OpenMetrics calls a counter without `_total`, and its value with it.
  const isTotal = format === "openmetrics" && family.type === "counter";
  const title = isTotal ? name.replace(/_total$/, "") : name;
  const head = help === undefined ? [] : [`# HELP ${title} ${escapeHelp(help, format)}`];
  const sample = isTotal ? `${title}_total` : title;
  const samples = [...family.series.values()].flatMap((series) =>
    family.type === "histogram"
      ? histogramLines(name, family, series)
      : [`${sample}${labelText(series.labels)} ${numberText(series.value)}`],
  );
  return [...head, `# TYPE ${title} ${family.type}`, ...samples];
}

function histogramLines(name: string, { bounds }: Family, { labels, value, count, buckets = [] }: Series): string[] {
  let below = 0;
  const lines = bounds.map((bound, index) => {
    below += buckets[index] ?? 0;
    return `${name}_bucket${labelText({ ...labels, le: boundText(bound) })} ${below}`;
  });
  const all = labelText({ ...labels, le: "+Inf" });
  const own = labelText(labels);
  return [
    ...lines,
    `${name}_bucket${all} ${count}`,
    `${name}_sum${own} ${numberText(value)}`,
    `${name}_count${own} ${count}`,
  ];
}

function droppedLines(dropped: number, format: TextFormat): string[] {
  const name = "loom_metrics_dropped";
  const title = format === "openmetrics" ? name : `${name}_total`;
  const help = "Values that found no room among the series.";
  return [`# HELP ${title} ${help}`, `# TYPE ${title} counter`, `${name}_total ${dropped}`];
}

function labelText(labels: MetricLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(text: string): string {
  return escapeLine(text).replaceAll('"', '\\"');
}

function escapeHelp(text: string, format: TextFormat): string {
  return format === "openmetrics" ? escapeLabel(text) : escapeLine(text);
}

function escapeLine(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

// OpenMetrics writes whole bounds as floats, and Prometheus takes them so: one series in both formats.
function boundText(bound: number): string {
  return Number.isInteger(bound) && Math.abs(bound) < 1e21 ? `${bound}.0` : numberText(bound);
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
