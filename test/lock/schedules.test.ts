import fc from "fast-check";
import { expect, test } from "vitest";
import { PromiseLockMap } from "../../src/lock.ts";
import type { LockMode } from "../../src/lock.ts";
import { Call, microtasks } from "../support/calls.ts";

type Step = { readonly do: "call"; readonly mode: LockMode } | { readonly do: "end"; readonly fails: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("call" as const), mode: fc.constantFrom<LockMode[]>("share", "queue", "reject") }),
  fc.record({ do: fc.constant("end" as const), fails: fc.boolean() }),
);

/** The slow, obvious lock: a list of claims, of which the first one runs. */
class Reference {
  readonly outcomes: string[] = [];
  #claims: { readonly id: number; readonly isShared: boolean; readonly callers: number[] }[] = [];

  get running(): number | undefined {
    return this.#claims[0]?.id;
  }

  call(id: number, mode: LockMode): void {
    const shared = mode === "share" ? this.#claims.find(({ isShared }) => isShared) : undefined;
    if (shared) shared.callers.push(id);
    else if (mode === "reject" && this.#claims.length > 0) this.outcomes[id] = "GROVE-LOOM-029";
    else this.#claims.push({ id, isShared: mode === "share", callers: [id] });
  }

  end(fails: boolean): void {
    const claim = this.#claims.shift();
    for (const caller of claim?.callers ?? []) this.outcomes[caller] = `${fails ? "failed" : "ran"} ${claim!.id}`;
  }
}

async function play(steps: readonly Step[]) {
  const locks = new PromiseLockMap();
  const reference = new Reference();
  const calls: Call[] = [];
  const outcomes: string[] = [];
  const starts: boolean[][] = [];
  const end = (fails: boolean) => {
    const id = reference.running;
    if (id !== undefined && fails) calls[id]!.reject(Object.assign(new Error(), { code: `failed ${id}` }));
    else if (id !== undefined) calls[id]!.resolve(`ran ${id}`);
    reference.end(fails);
  };
  for (const next of [...steps, ...steps.map(() => ({ do: "end", fails: false }) as const)]) {
    const id = calls.length;
    if (next.do === "end") end(next.fails);
    else {
      calls.push(new Call());
      reference.call(id, next.mode);
      const result = locks.withLock("a", calls[id]!.run, { mode: next.mode });
      void result.then(
        (ran) => (outcomes[id] = ran),
        (error: { code: string }) => (outcomes[id] = error.code),
      );
    }
    await microtasks();
    const { running } = reference;
    starts.push([running === undefined || calls[running]!.hasStarted, locks.isLocked("a") === (running !== undefined)]);
  }
  return { outcomes, expected: reference.outcomes, size: locks.size, starts };
}

test(
  "whatever the order of calls and ends, the lock does what a list of claims would",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { outcomes, expected, size, starts } = await play(steps);

        expect(outcomes).toEqual(expected);
        expect(starts.flat()).not.toContain(false);
        expect(size).toBe(0);
      }),
      { numRuns: 500 },
    );
  },
);

test("whatever the order of calls and ends, two calls in the queue never overlap", { timeout: 60_000 }, async () => {
  const key = fc.constantFrom("a", "b");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(key, fc.nat(3)), { maxLength: 20 }), async (plans) => {
      const locks = new PromiseLockMap();
      const inside = new Map<string, number>();
      const most: number[] = [];
      const order: [string, number][] = [];

      await Promise.all(
        plans.map(([name, waits], id) =>
          locks.withLock(
            name,
            async () => {
              inside.set(name, (inside.get(name) ?? 0) + 1);
              order.push([name, id]);
              for (let left = waits; left > 0; left -= 1) await Promise.resolve();
              most.push(inside.get(name)!);
              inside.set(name, inside.get(name)! - 1);
            },
            { mode: "queue" },
          ),
        ),
      );

      expect(most.every((count) => count === 1)).toBe(true);
      expect(order.filter(([name]) => name === "a").map(([, id]) => id)).toEqual(
        plans.flatMap(([name], id) => (name === "a" ? [id] : [])),
      );
    }),
    { numRuns: 300 },
  );
});
