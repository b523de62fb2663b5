import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Batched } from "../../decorators/batched.ts";
import { LoomDO } from "../../src/base.ts";
import { batchesOf } from "../../src/batch/declared.ts";
import { type BatchedOptions, batchRules } from "../../src/batch/options.ts";
import type { BatchedRoute, Hundred, Sinkless } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";
import { thrownBy } from "../storage/inside.ts";

// The platform's own clock is years behind: no alarm runs before a test asks for it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const valid = { max: 10, within: "60s" } as const;

test.each<[Partial<BatchedOptions>, string]>([
  [{ max: 0 }, "@Batched save: max is 0. Write a whole number from 1."],
  [{ max: 2.5 }, "@Batched save: max is 2.5. Write a whole number from 1."],
  [{ max: undefined as never }, "@Batched save: max is undefined. Write a whole number from 1."],
  [{ within: "soon" as never }, "@Batched save: within: soon is not a length of time."],
  [{ within: undefined as never }, "@Batched save: within: undefined is not a length of time."],
  [{ retries: -1 }, "@Batched save: retries is -1. Write a whole number from 0."],
  [{ backoff: "1 s" as never }, "1 s is not a length of time."],
  [{ capacity: 9 }, "@Batched save: capacity is 9, so 10 never wait. Write at least `max`."],
  [{ overflow: "drop" as never }, '@Batched save: overflow is drop. Write "reject" or "drop-oldest".'],
  [{ timeout: 0 }, "@Batched save: timeout is 0."],
  [{ timeout: "14m" }, '@Batched save: timeout is 14m. Write at most `"13m"`.'],
])("options %o are refused", (options, problem) => {
  expect(thrownBy(() => batchRules({ ...valid, ...options }, "@Batched save")).message).toContain(problem);
});

test("the capacity that nobody has set is never less than max", () => {
  expect(batchRules({ max: 10, within: 0 }, "").capacity).toBe(10_000);
  expect(batchRules({ max: 20_000, within: 0 }, "").capacity).toBe(20_000);
});

test("@Batched without options says what to write", () => {
  expect(thrownBy(() => Batched((() => {}) as never)).message).toContain(
    '@Batched needs arguments. Write `@Batched({ max: 100, within: "60s" })`.',
  );
});

test("two sinks under one name are refused, and both are named", () => {
  class Same extends LoomDO {
    @Batched(valid) one(_items: string[]) {}
    @Batched({ ...valid, name: "one" }) other(_items: string[]) {}
  }

  expect(thrownBy(() => batchesOf(Same)).message).toContain(
    'Same: @Batched on `one` and `other` would both keep items as "one". Give one a `name`.',
  );
});

test("a method that is decorated twice is refused", () => {
  class Twice extends LoomDO {
    @Batched(valid) @Batched(valid) one(_items: string[]) {}
  }

  expect(thrownBy(() => batchesOf(Twice)).message).toContain("`one` and `one`");
});

test("a sink named by a symbol needs a name to be stored under", () => {
  const symbol = Symbol("sink");
  const declare = () => {
    return class extends LoomDO {
      @Batched(valid) [symbol](_items: string[]) {}
    };
  };

  expect(thrownBy(declare).message).toContain("@Batched Symbol(sink): its items need a name to be kept under.");
});

test.each([
  [
    "a name that no member has",
    "nothing",
    'batches.add: "nothing" is no method under @Batched. The class has this.save.',
  ],
  ["another method", function size() {}, "batches.add: `size` is no method under @Batched. The class has this.save."],
])("adding to %s says which sinks there are", async (_what, sink, problem) => {
  await runInDurableObject(objectOf<Hundred>("Hundred"), (hundred) => {
    expect(thrownBy(() => hundred["batches"].add(sink as string, 1)).message).toContain(problem);
  });
});

test("a schema that is asynchronous is refused at the first add", async () => {
  await runInDurableObject(objectOf<BatchedRoute>("BatchedRoute"), (object) => {
    expect(thrownBy(() => object["batches"].add("later", 1)).message).toContain(
      "@Batched later: the item: its schema is asynchronous. Use a synchronous one.",
    );
  });
});

test("over HTTP an item that is wrong is a 400, and one that finds no room a 503", async () => {
  capture();
  const object = objectOf<BatchedRoute>("BatchedRoute");
  const post = (item: unknown) => object.fetch("http://o/items", { method: "POST", body: JSON.stringify(item) });

  const answers = [await post({ at: 1 }), await post({ at: "x" }), await post({ at: 2 })];

  expect(answers.map(({ status }) => status)).toEqual([204, 400, 503]);
  expect(await answers[1]!.json()).toMatchObject({ error_code: "GROVE-LOOM-024", issues: [{ path: ["at"] }] });
  expect(await answers[2]!.json()).toMatchObject({ error_code: "GROVE-LOOM-053" });
});

test("a class without a sink is told to write one", async () => {
  expect(await objectOf<Sinkless>("Sinkless").add()).toContain("this.batches: Sinkless has no method under @Batched.");
});

test("a wait that ends after the platform's last alarm is refused", () => {
  expect(thrownBy(() => batchRules({ ...valid, within: "100000d" }, "here")).message).toContain("over three years");
  expect(thrownBy(() => batchRules({ ...valid, backoff: "100000d" }, "here")).message).toContain("over three years");
});
