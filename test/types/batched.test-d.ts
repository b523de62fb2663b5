import { expectTypeOf } from "vitest";
import { z } from "zod";
import { Batched, type BatchInfo, type FailedBatch, LoomDO, Rpc } from "loom-do";

interface Env {
  readonly BUCKET: string;
}

interface Visit {
  readonly path: string;
  readonly ms?: number;
}

const Event = z.object({ at: z.number() });

export class Fits extends LoomDO<{ count: number }, Env> {
  @Batched({ max: 100, within: "60s" }) async saveVisits(_visits: readonly Visit[], info: BatchInfo) {
    expectTypeOf(info.id).toEqualTypeOf<string>();
    expectTypeOf(info.attempt).toEqualTypeOf<number>();
    expectTypeOf(info.signal).toEqualTypeOf<AbortSignal>();
  }

  @Batched({ max: 100, within: 500 }) mutable(_names: string[]) {}

  @Batched({ max: 1, within: "1s", retries: 0, backoff: "1s", capacity: 10, overflow: "drop-oldest", timeout: "5s" })
  #hidden(_items: readonly (string | number)[]) {}

  @Batched({ max: 100, within: "60s", schema: Event }) checked(_events: readonly z.infer<typeof Event>[]) {}

  @Batched({ max: 100, within: "60s" }) withoutItems() {}

  use() {
    this.batches.add(this.saveVisits, { path: "/" });
    this.batches.add(this.mutable, "name");
    this.batches.add(this.#hidden, 1);
    this.batches.add(this.checked, { at: 1 });
    this.batches.add("saveVisits", { path: "/" });
    expectTypeOf(this.batches.size(this.saveVisits)).toEqualTypeOf<number>();
    expectTypeOf(this.batches.failed(this.#hidden)).toEqualTypeOf<FailedBatch[]>();
    expectTypeOf(this.batches.failed()[0]!.items).toEqualTypeOf<FailedBatch["items"]>();
    expectTypeOf(this.batches.retry("id")).toEqualTypeOf<boolean>();
    this.batches.flush(this.mutable);

    // @ts-expect-error: the sink takes visits
    this.batches.add(this.saveVisits, { at: 1 });
    // @ts-expect-error: the sink takes strings
    this.batches.add(this.mutable, 1);
    // @ts-expect-error: a method that takes no list is no sink
    this.batches.add(this.takesOne, "a");
  }

  takesOne(_item: string) {}
}

export class DoesNotFit extends LoomDO {
  // @ts-expect-error: a sink takes a list
  @Batched({ max: 100, within: "60s" }) one(_visit: Visit) {}

  // @ts-expect-error: nothing is handed over but the items and the info
  @Batched({ max: 100, within: "60s" }) three(_items: string[], _info: BatchInfo, _more: string) {}

  // @ts-expect-error: the schema makes other items
  @Batched({ max: 100, within: "60s", schema: Event }) other(_items: readonly string[]) {}

  // @ts-expect-error: `within` has to be said
  @Batched({ max: 100 }) withoutTime(_items: string[]) {}

  // @ts-expect-error: not a length of time
  @Batched({ max: 100, within: "soon" }) soon(_items: string[]) {}

  // @ts-expect-error: not a way to overflow
  @Batched({ max: 100, within: "1s", overflow: "drop" }) drop(_items: string[]) {}

  // @ts-expect-error: static members belong to no object
  @Batched({ max: 100, within: "1s" }) static none(_items: string[]) {}

  // @ts-expect-error: it goes on a method
  @Batched({ max: 100, within: "1s" }) field = 1;
}

export class NoLoomDO {
  // @ts-expect-error: the class does not extend LoomDO
  @Batched({ max: 100, within: "60s" }) save(_items: string[]) {}
}

class Asked extends LoomDO {
  @Rpc failedBatches() {
    return this.batches.failed();
  }
}

export async function ask(object: DurableObjectStub<Asked>) {
  const [first] = await object.failedBatches();
  expectTypeOf(first!.size).toEqualTypeOf<number>();
}
