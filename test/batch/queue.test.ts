import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Batch } from "../../src/batch/batch.ts";
import type { Queue } from "../../src/batch/queue.ts";
import { Rows } from "../../src/batch/rows.ts";
import type { Hundred } from "../fixtures/batch.ts";
import { objectOf } from "../support.ts";

type Step =
  | { readonly do: "add"; readonly sizes: readonly number[] }
  | { readonly do: "deliver" | "fail" | "wake" | "flush" | "drop" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("add" as const), sizes: fc.array(fc.nat(40_000), { maxLength: 70 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("deliver", "fail", "wake", "flush", "drop") }) },
);

/** The queue and its rows beside a plain list of numbers. */
class Compared {
  readonly #kv: SyncKvStorage;
  readonly #name = crypto.randomUUID();
  readonly #rows: Rows;
  readonly #max: number;
  readonly #model: number[] = [];
  readonly #members = new Map<string, unknown[]>();
  #queue: Queue;
  #next = 0;

  constructor(kv: SyncKvStorage, max: number) {
    this.#kv = kv;
    this.#rows = new Rows(kv, this.#name);
    this.#max = max;
    this.#queue = this.#rows.load(max);
  }

  run(given: Step): void {
    if (given.do === "add") for (const bytes of given.sizes) this.#add(bytes);
    else if (given.do === "wake") this.#queue = this.#rows.load(this.#max);
    else if (given.do === "flush") this.#queue.flush();
    else if (given.do === "drop") this.#drop();
    else this.#deliver(given.do === "fail");
    for (const chunk of this.#queue.takeTouched()) this.#rows.write(chunk);
    expect(this.#queue.size).toBe(this.#model.length);
  }

  drain(): void {
    while (this.#queue.head) this.#deliver(false);
    expect(this.#model).toEqual([]);
    expect([...this.#kv.list({ prefix: `loom:batch:${this.#name}` })]).toEqual([]);
  }

  #add(bytes: number): void {
    this.#queue.add({ value: this.#next, bytes }, 0);
    this.#model.push(this.#next);
    this.#next += 1;
  }

  #deliver(isFailing: boolean): void {
    const { head } = this.#queue;
    if (!head) return;
    this.#queue.close(head);
    for (const chunk of this.#queue.takeTouched()) this.#rows.write(chunk);
    const items = this.#check(head);
    if (isFailing) {
      head.attempts += 1;
      this.#rows.writeState(head);
      return;
    }
    expect(this.#model.splice(0, items.length)).toEqual(items);
    this.#rows.eraseAll(head);
    this.#queue.remove(head);
  }

  /** What the batch holds: never too much, and always the same. */
  #check(batch: Batch): unknown[] {
    const items = this.#rows.read(batch);
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThanOrEqual(this.#max);
    expect(items).toEqual(this.#members.get(batch.id) ?? items);
    this.#members.set(batch.id, items);
    return items;
  }

  #drop(): void {
    const { oldest, head } = this.#queue;
    if (!oldest) return;
    oldest.items = this.#rows.itemsOf(oldest);
    const isHead = oldest.batch === head;
    const given = isHead ? 0 : head!.chunks.reduce((sum, { count }) => sum + count, 0);
    expect(this.#model.splice(given, 1)).toEqual([oldest.items[0]]);
    if (this.#queue.drop(oldest)) this.#rows.erase(oldest);
  }
}

test("whatever is added, dropped, tried and read again: each item once, in order, in batches that stay the same", async () => {
  await runInDurableObject(objectOf<Hundred>("Hundred"), (_object, { storage }) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.array(step, { maxLength: 30 }), (max, steps) => {
        const compared = new Compared(storage.kv, max);
        for (const given of steps) compared.run(given);
        compared.drain();
      }),
      { numRuns: 500 },
    );
  });
});
