import { createMockDOState } from "loom-do/testing";
import { expect, test, vi } from "vitest";
import { sqlite } from "../../../src/testing/node.ts";

// What production refuses and the local workerd takes.
const { kv, sql } = createMockDOState().storage;

test.for([
  ["a key of 2,049 bytes", () => kv.put("é".repeat(1_025), 1), "Keys cannot be larger than 2048 bytes"],
  ["a value over 2 MB", () => kv.put("a", new Uint8Array(2_100_000)), "SQLITE_TOOBIG"],
  ["a text over 2 MB in a binding", () => sql.exec("SELECT ?", "é".repeat(1_100_000)), "SQLITE_TOOBIG"],
  ["a blob over 2 MB in a binding", () => sql.exec("SELECT ?", new ArrayBuffer(2_100_000)), "SQLITE_TOOBIG"],
] as const)("%s is refused", ([, write, message]) => {
  expect(write).toThrow(message);
});

test("a key of 2,048 bytes and a value just under 2 MB are kept", () => {
  const key = "é".repeat(1_024);

  kv.put(key, new Uint8Array(2_090_000));

  expect(kv.get<Uint8Array>(key)).toHaveLength(2_090_000);
});

test.for(["v20.11.0", "v22.15.1"])("Node %s is told what the kit needs", (version) => {
  vi.spyOn(process, "version", "get").mockReturnValue(version);

  expect(() => sqlite()).toThrow(`needs node:sqlite. Run the tests with Node 22.16 or newer, not ${version}.`);
  vi.restoreAllMocks();
});
