import { expect, test, vi } from "vitest";
import type { Answers } from "../fixtures/http.ts";
import { objectOf } from "../support.ts";

const get = (path: string) => objectOf<Answers>("Answers").fetch(`https://do${path}`);

function errorLog(): { readonly lines: () => string } {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  return { lines: () => spy.mock.calls.flat().join("\n") };
}

test("a value is sent as JSON", async () => {
  const response = await get("/json");

  expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "application/json"]);
  expect(await response.text()).toBe('{"ok":true}');
});

test("null is JSON too", async () => {
  const response = await get("/null");

  expect([response.status, await response.text()]).toEqual([200, "null"]);
});

test("a value with a toJSON of its own is sent as that says", async () => {
  expect(await (await get("/date")).text()).toBe('"1970-01-01T00:00:00.000Z"');
});

test.each(["map", "set-inside", "stream", "bytes"])(
  "what JSON would send as {} is 500 and logged: %s",
  async (kind) => {
    const log = errorLog();
    const response = await get(`/formless/${kind}`);

    expect([response.status, log.lines()]).toEqual([500, expect.stringContaining("has no JSON form")]);
  },
);

test("nothing is 204", async () => {
  const response = await get("/nothing");

  expect([response.status, response.body]).toEqual([204, null]);
});

test("an async handler is waited for", async () => {
  expect(await (await get("/later")).json()).toEqual(["later"]);
});

test("a Response is sent as it is", async () => {
  const response = await get("/response");

  expect([response.status, response.headers.get("X-Own"), await response.text()]).toEqual([201, "yes", "as is"]);
});

test("a thrown Response is the answer", async () => {
  const response = await get("/throws/response");

  expect([response.status, await response.text()]).toEqual([418, "teapot"]);
});

test("a thrown LoomError gives its code, status and user text, and nothing for developers", async () => {
  const response = await get("/throws/loom");

  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({
    error: "GROVE-LOOM-028",
    error_code: "GROVE-LOOM-028",
    error_description: "You may not do this.",
  });
});

test("an error of one's own catalogue is answered at its status, with its issues, and logged from 500 up", async () => {
  const log = errorLog();

  const response = await get("/throws/own");

  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    error: "MINE-1",
    error_code: "MINE-1",
    error_description: "Not today.",
    issues: [{ message: "monday", path: ["day"] }],
  });
  expect(log.lines()).toContain("MINE-1: closed");
});

const unsent = {
  error: "GROVE-LOOM-023",
  error_code: "GROVE-LOOM-023",
  error_description: "Something went wrong. Please try again.",
};

test.each([
  ["an error with an SQL text", "/throws/error", "SELECT secret FROM vault"],
  ["a thrown string", "/throws/later", "not even an error"],
  ["a LoomError with a status that cannot be sent", "/throws/status", "RangeError"],
  ["an error of another object that is not in the catalogue", "/throws/remote/MINE-1", "MINE-1: for developers only"],
  ["a cycle", "/cycle", "circular"],
  ["a BigInt", "/bigint", "BigInt"],
  ["a function", "/function", "This function has no JSON form"],
  // Response.json would send the word undefined (workerd 2026-10-23, compatibility date 2026-10-01).
  ["an object whose toJSON gives nothing", "/hollow", "This object has no JSON form"],
])("%s is logged with its cause and answered 500 without it", async (_title, path, cause) => {
  const log = errorLog();

  const response = await get(path);

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual(unsent);
  expect(log.lines()).toContain("GROVE-LOOM-023");
  expect(log.lines()).toContain(cause);
});

test("another object's LoomError keeps its code and status, and gets the catalogue's text", async () => {
  const response = await get("/throws/remote/GROVE-LOOM-029");

  expect(response.status).toBe(423);
  expect(await response.json()).toEqual({
    error: "GROVE-LOOM-029",
    error_code: "GROVE-LOOM-029",
    error_description: "Another operation is running. Please try again.",
  });
});

test("a response that was sent before is a 500, and the log says what to return", async () => {
  const log = errorLog();
  const object = objectOf<Answers>("Answers");

  expect(await (await object.fetch("https://do/kept")).text()).toBe("kept");
  expect((await object.fetch("https://do/kept")).status).toBe(500);
  expect(log.lines()).toContain("Return its `clone()`");
});

test("an SQL error in a handler is answered without the SQL", async () => {
  const log = errorLog();

  const response = await get("/sql");
  const body = await response.text();

  expect(response.status).toBe(500);
  expect(body).toMatch(/^\{"error":"GROVE-LOOM-0(23|41)"/);
  expect(body).not.toContain("no_such_table");
  expect(log.lines()).toContain("no_such_table");
});
