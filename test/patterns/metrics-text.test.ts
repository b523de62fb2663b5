import fc from "fast-check";
import { expect, test } from "vitest";
import { addRecord } from "../../src/patterns/metrics/record.ts";
import { textOf } from "../../src/patterns/metrics/text.ts";
import type { MetricRecord, Recorded } from "../../src/patterns/metrics/types.ts";

const labels = fc.dictionary(
  fc.constantFrom("a", "b_1", "C"),
  fc.string({ unit: "grapheme", maxLength: 8 }).filter(isText),
  {
    maxKeys: 3,
  },
);
const counted = fc.record({ name: fc.constantFrom("hits", "a:b_total"), value: fc.nat(), labels });
const observed = fc.record({ value: fc.double({ min: -20, max: 20, noNaN: true }), labels });

function isText(text: string): boolean {
  return text.isWellFormed();
}

function recordAll(records: readonly MetricRecord[]): Recorded {
  const known: Recorded = { families: new Map(), size: 0, dropped: 0 };
  const rules = { definition: undefined, most: Infinity };
  for (const record of records) addRecord(known, record, rules);
  return known;
}

/** Reads a sample line as Prometheus does: by the escapes of its labels. */
function readSample(line: string) {
  const [, name, inner = "", value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/s.exec(line)!;
  const pairs = [...inner.matchAll(/(\w+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g)];
  const read = (text: string) => text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  return {
    name: name!,
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key!, read(text!)])),
    value: Number(value),
  };
}

function samplesOf(text: string) {
  return text
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map(readSample);
}

function keyOf({ name, labels: given = {} }: Pick<MetricRecord, "name" | "labels">): string {
  return JSON.stringify([name, Object.entries(given).sort()]);
}

test("whatever is counted under whatever labels, a reader of the text finds the sums", () => {
  fc.assert(
    fc.property(fc.array(counted), (records) => {
      const expected = new Map<string, number>();
      for (const record of records) expected.set(keyOf(record), (expected.get(keyOf(record)) ?? 0) + record.value);

      const found = samplesOf(textOf(recordAll(records), "prometheus", () => undefined));

      expect(new Map(found.map((sample) => [keyOf(sample), sample.value]))).toEqual(expected);
    }),
  );
});

test("a histogram's buckets grow up to its count, and each has what is up to its bound", () => {
  fc.assert(
    fc.property(fc.array(observed, { minLength: 1 }), (values) => {
      const one = values.map(({ value }) => ({ name: "wait", value, type: "histogram" as const }));

      const samples = samplesOf(textOf(recordAll(one), "openmetrics", () => undefined));

      const buckets = samples.filter(({ name }) => name === "wait_bucket");
      for (const {
        labels: { le },
        value,
      } of buckets) {
        const bound = le === "+Inf" ? Infinity : Number(le);
        expect(value).toBe(one.filter((each) => each.value <= bound).length);
      }
      expect(samples.find(({ name }) => name === "wait_count")!.value).toBe(one.length);
    }),
  );
});
