import { expectTypeOf, test } from "vitest";
import type { BatchInfo } from "loom-do";
import {
  BaseDurableObject,
  Counter,
  EventAggregator,
  type Job,
  type MetricPoint,
  Metrics,
  Scheduler,
  ShardedCounter,
} from "loom-do/patterns";

interface Env {
  readonly DB: D1Database;
}

declare function namespaceOf<Type extends Rpc.DurableObjectBranded>(): DurableObjectNamespace<Type>;

test("get says what it gives for one key and for several", () => {
  class Typed extends BaseDurableObject<Env> {
    async read() {
      expectTypeOf(await this.get<number>("a")).toEqualTypeOf<number | undefined>();
      expectTypeOf(await this.get<number>(["a"])).toEqualTypeOf<Map<string, number>>();
      expectTypeOf(await this.get("a")).toBeAny();
      expectTypeOf(await this.delete("a")).toEqualTypeOf<boolean>();
      expectTypeOf(await this.delete(["a"])).toEqualTypeOf<number>();
      expectTypeOf(await this.blockConcurrencyWhile(async () => 1)).toEqualTypeOf<number>();
      expectTypeOf(this.env.DB).toEqualTypeOf<D1Database>();
      // @ts-expect-error: a value or several, not both
      await this.put({ a: 1 }, 2);
    }
  }
  void Typed;
});

test("a sharded counter takes the namespace of any counter, and of nothing else", () => {
  class Views extends Counter<Env> {}
  void new ShardedCounter(namespaceOf<Counter>(), "a");
  void new ShardedCounter(namespaceOf<Views>(), "a");
  // @ts-expect-error: metrics do not count
  void new ShardedCounter(namespaceOf<Metrics>(), "a");
});

test("events are of one type from addEvent to deliver", () => {
  class Visits extends EventAggregator<{ path: string }, Env> {
    override deliver(visits: readonly { path: string }[], { id }: BatchInfo) {
      expectTypeOf(id).toEqualTypeOf<string>();
      return visits.length;
    }
  }
  const stub = namespaceOf<Visits>().getByName("a");
  void stub.addEvent({ path: "/" });
  // @ts-expect-error: no visit
  void stub.addEvent({ page: "/" });
});

test("a scheduler's payload is of one type from schedule to run", () => {
  class Mails extends Scheduler<{ to: string }> {
    protected override run({ payload }: Job<{ to: string }>) {
      expectTypeOf(payload.to).toEqualTypeOf<string>();
    }
  }
  const stub = namespaceOf<Mails>().getByName("a");
  void stub.schedule("a", "1h", { to: "ada" });
  const first: Promise<Date> = stub.cron("a", "* * * * *", { payload: { to: "ada" } });
  void first;
  // @ts-expect-error: no mail
  void stub.schedule("a", "1h", { from: "ada" });
});

test("metrics take labels of text, and hand out points", () => {
  class Usage extends Metrics<Env> {
    override deliver(points: readonly MetricPoint[]) {
      return points.length;
    }
  }
  const stub = namespaceOf<Usage>().getByName("a");
  void stub.recordMetric("a", 1, { labels: { b: "c" } });
  // @ts-expect-error: a number is no label
  void stub.recordMetric("a", 1, { labels: { b: 1 } });
});
