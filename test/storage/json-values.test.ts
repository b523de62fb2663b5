import fc from "fast-check";
import { expect, test } from "vitest";
import type { PlainStorage } from "../fixtures/storage.ts";
import { inside, thrownBy } from "./inside.ts";

class Point {
  readonly x = 1;
}

const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.for([
  [undefined, "undefined is no value. Write null, or `store.delete(…)`."],
  [() => 1, "JSON has no function."],
  [Symbol("x"), "JSON has no symbol."],
  [1n, "JSON has no bigint. Store its digits as a string."],
  [Number.NaN, "JSON has no NaN. Write null."],
  [{ deep: [{ n: Infinity }] }, "JSON has no Infinity. Write null."],
  [[1, undefined], "JSON has no undefined in an array. Write null."],
  [{ when: new Date(Number.NaN) }, "JSON has no invalid Date. Write null."],
  [new Map(), "JSON has no Map. Store plain data."],
  [{ bytes: new Uint8Array(1) }, "JSON has no Uint8Array. Store plain data."],
  [new Point(), "JSON has no Point. Store plain data."],
  [cycle, "it holds itself, or its toJSON failed."],
] as const)("a value is refused because $1", async ([value, reason]) => {
  await inside(({ sql, store }) => {
    const error = thrownBy(() => store.set("here", value));

    expect(error.message).toBe(`GROVE-LOOM-043: store key \`here\`: ${reason}`);
    expect(sql.queryAll("SELECT name FROM sqlite_master")).toEqual([]);
  });
});

test("a property that is undefined is left out, and a Date is its ISO text", async () => {
  const stored = await inside(({ store }) => {
    store.set("a", { none: undefined, at: new Date(0) });
    return store.get("a");
  });

  expect(stored).toEqual({ at: "1970-01-01T00:00:00.000Z" });
});

test("a value over 2 MB in UTF-8 is refused with its key, though the local runtime takes it", async () => {
  await inside(({ store }) => {
    expect(thrownBy(() => store.set("large", "é".repeat(1_050_000))).message).toBe(
      "GROVE-LOOM-043: store key `large`: the value is over 2 MB. Split it over several keys.",
    );
    expect(() => store.set("fits", "e".repeat(2_090_000))).not.toThrow();
  });
});

test("a key with half a surrogate pair is refused", async () => {
  const error = await inside(({ store }) => thrownBy(() => store.set("half \ud800", 1)));

  expect(error.message).toBe(
    "GROVE-LOOM-043: store key `half \ufffd`: it holds half a surrogate pair. Write `key.toWellFormed()`.",
  );
});

const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));
const keys = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "", "a", "a:", "a:b", "\u{10FFFF}", "\uD7FF", "\uE000"),
  fc.string({ unit: "binary", maxLength: 3 }),
);
const prefixes = fc.oneof(keys, fc.constant(undefined));
const values = fc.jsonValue({ stringUnit: "binary" }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const step = fc.oneof(
  fc.record({ do: fc.constant("set" as const), key: keys, value: values }),
  fc.record({ do: fc.constant("delete" as const), key: keys }),
  fc.record({ do: fc.constant("get" as const), key: keys }),
  fc.record({
    do: fc.constant("list" as const),
    prefix: prefixes,
    limit: fc.option(fc.nat(5), { nil: undefined }),
    reverse: fc.boolean(),
  }),
);

function obey(
  { store }: PlainStorage,
  model: Map<string, unknown>,
  command: typeof step extends fc.Arbitrary<infer Step> ? Step : never,
) {
  if (command.do === "set") {
    store.set(command.key, command.value);
    model.set(command.key, command.value);
  } else if (command.do === "delete") {
    expect(store.delete(command.key)).toBe(model.delete(command.key));
  } else if (command.do === "get") {
    expect(store.get(command.key)).toEqual(model.get(command.key));
    expect(store.has(command.key)).toBe(model.has(command.key));
  } else {
    const { prefix, limit, reverse } = command;
    const sorted = [...model]
      .filter(([key]) => key.startsWith(prefix ?? ""))
      .sort(([left], [right]) => byBytes(left, right));
    const expected = (reverse ? sorted.reverse() : sorted).slice(0, limit);
    expect([
      ...store.list({ reverse, ...(prefix !== undefined && { prefix }), ...(limit !== undefined && { limit }) }),
    ]).toEqual(expected);
  }
}

test("a store behaves as a Map whose keys are in the order of their bytes", async () => {
  await inside((object) =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (commands) => {
        object.store.delete([...object.store.list().keys()]);
        const model = new Map<string, unknown>();
        for (const command of commands) obey(object, model, command);
        expect(new Map(object.store.list())).toEqual(model);
      }),
      { numRuns: 300 },
    ),
  );
});
