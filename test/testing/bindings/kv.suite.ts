import { describe } from "vitest";
import { check } from "./cases.ts";
import { expirations } from "./kv/expirations.ts";
import { limits } from "./kv/limits.ts";
import { lists } from "./kv/lists.ts";
import { values } from "./kv/values.ts";

/** What holds for a KV namespace and for its mock. */
export function kvSuite(open: () => Promise<KVNamespace>): void {
  describe("KV namespace", () => check([...values, ...lists, ...limits, ...expirations], open));
}
