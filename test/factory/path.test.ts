import { expect, test } from "vitest";
import { getLoomStub, loomFetch, loomFetchJson } from "../../src/factory.ts";
import type { Echoed } from "../fixtures/factory.ts";
import { echoes } from "./namespaces.ts";

const stub = () => getLoomStub(echoes, "lobby");

test.for(["https://evil.test/x", "//evil.test/x", "/\\evil.test", "x", "", "\\\\evil.test"])(
  "the path %j is refused: it would not start with one slash",
  async (path) => {
    await expect(loomFetch(stub(), path)).rejects.toThrow(
      `GROVE-LOOM-080: loomFetch: the path ${JSON.stringify(path)} must start with one slash.`,
    );
  },
);

test.for(["/drafts/..", "/drafts/../admin", "/a/./b", "/a/%2e%2E/b", "/a\\..\\b", "/a/.%2e?x=1"])(
  "the path %j is refused: it would reach another route",
  async (path) => {
    await expect(loomFetch(stub(), path)).rejects.toThrow("holds a segment `.` or `..`");
  },
);

test("a path with a fragment is refused, one with dots inside a part is not", async () => {
  await expect(loomFetch(stub(), "/drafts/a#b")).rejects.toThrow("holds a `#`. Write `encodeURIComponent(part)`.");

  expect((await loomFetchJson<Echoed>(stub(), "/a..b/.c?x=/../")).path).toBe("/a..b/.c?x=/../");
});
