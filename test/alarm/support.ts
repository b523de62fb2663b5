import { runInDurableObject } from "cloudflare:test";
import { objectOf } from "../support.ts";
import type { Alarmed } from "../fixtures/alarm.ts";

/** Runs `work` inside a new object of `className`, which is empty afterwards, or inside `stub`'s. */
export function inside<Result>(
  work: (object: Alarmed) => Result | Promise<Result>,
  stub: DurableObjectStub<Alarmed> | "Alarmed" | "AlarmedSideBySide" = "Alarmed",
): Promise<Result> {
  if (typeof stub !== "string") return runInDurableObject(stub, work);
  return runInDurableObject(objectOf<Alarmed>(stub), async (object: Alarmed) => {
    try {
      return await work(object);
    } finally {
      // A retry that is left would fire, and log, while other tests run.
      await object.storage.deleteAll();
    }
  });
}

/** What the platform says of an alarm that is delivered for the first time at `scheduledTime`. */
export function delivery(scheduledTime: number = Date.now(), retryCount = 0): AlarmInvocationInfo {
  return { scheduledTime, retryCount, isRetry: retryCount > 0 };
}

/** The rows that `work` writes, those of the platform's alarm included. */
export async function rowsOf({ storage }: Alarmed, work: () => unknown): Promise<number> {
  const before = changesIn(storage);
  await work();
  return changesIn(storage) - before;
}

function changesIn({ sql }: DurableObjectStorage): number {
  return sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n;
}

/** A promise that a test settles by hand. */
export function gate() {
  return Promise.withResolvers<unknown>();
}
