import { runInDurableObject } from "cloudflare:test";
import { objectOf } from "../support.ts";
import type { PlainStorage } from "../fixtures/storage.ts";

/** Runs `work` inside a new object, or inside the one called `name`. */
export function inside<Result>(
  work: (object: PlainStorage) => Result | Promise<Result>,
  name?: string,
): Promise<Result> {
  return runInDurableObject(objectOf<PlainStorage>("PlainStorage", name), work);
}

/** What `work` throws. */
export function thrownBy(work: () => unknown): Error & { code?: string } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
