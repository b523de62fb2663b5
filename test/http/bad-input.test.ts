import { expect, test } from "vitest";
import type { Inputs } from "../fixtures/input.ts";
import { objectOf } from "../support.ts";

const json = { "Content-Type": "application/json" };

/** Sends `body` and tells status and error, after checking that nothing was written. */
async function post(path: string, body: BodyInit | null, headers: Record<string, string> = json) {
  const object = objectOf<Inputs>("Inputs");
  const response = await object.fetch(`https://do${path}`, { method: "POST", body, headers });
  const answer = await response.json<Record<string, unknown>>();
  expect(await (await object.fetch("https://do/writes")).json()).toBe(0);
  return { status: response.status, code: answer["error_code"], issues: answer["issues"], answer };
}

/** A body sent in chunks, with no length declared; counts what was taken of it. */
function chunked(chunks: number, size: number) {
  const taken = { chunks: 0, isCancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (taken.chunks++ === chunks) controller.close();
      else controller.enqueue(new Uint8Array(size).fill(0x20));
    },
    cancel() {
      taken.isCancelled = true;
    },
  });
  return { stream, taken };
}

test("malformed JSON is 400 021", async () => {
  expect(await post("/notes", '{"title":')).toMatchObject({ status: 400, code: "GROVE-LOOM-021", issues: undefined });
  expect(await post("/notes", "")).toMatchObject({ status: 400, code: "GROVE-LOOM-021" });
  expect(await post("/notes", null, {})).toMatchObject({ status: 400, code: "GROVE-LOOM-021" });
});

test("the answer to bad input has exactly the catalogue's keys, and issues after a failed schema", async () => {
  const notJson = await post("/notes", "{");
  const noTitle = await post("/notes", "{}");

  expect(notJson.answer).toEqual({
    error: "GROVE-LOOM-021",
    error_code: "GROVE-LOOM-021",
    error_description: "The request body is not valid JSON.",
  });
  expect(Object.keys(noTitle.answer)).toEqual(["error", "error_code", "error_description", "issues"]);
});

test("a null body is 400 024", async () => {
  const { status, code, issues } = await post("/notes", "null");

  expect([status, code]).toEqual([400, "GROVE-LOOM-024"]);
  expect(issues).toEqual([{ message: expect.any(String) }]);
});

test("a wrong type is 400 024 and says where", async () => {
  const { status, code, issues } = await post("/notes", '{"title":"a","tags":["b",2]}');

  expect([status, code]).toEqual([400, "GROVE-LOOM-024"]);
  expect(issues).toEqual([{ message: expect.any(String), path: ["tags", 1] }]);
});

test("a missing field is 400 024 and says which", async () => {
  const { status, code, issues } = await post("/notes", "{}");

  expect([status, code]).toEqual([400, "GROVE-LOOM-024"]);
  expect(issues).toEqual([{ message: expect.any(String), path: ["title"] }]);
});

test("a schema that takes its time is waited for", async () => {
  const { status, issues } = await post("/names", '{"name":"taken"}');

  expect([status, issues]).toEqual([400, [{ message: "taken", path: ["name"] }]]);
});

test("a body declared longer than the limit is 413 025", async () => {
  const large = `"${"x".repeat(1_048_576)}"`;

  expect(await post("/notes", large)).toMatchObject({ status: 413, code: "GROVE-LOOM-025" });
  expect(await post("/small", '"1234567890"')).toMatchObject({ status: 413, code: "GROVE-LOOM-025" });
});

test("a chunked body longer than the limit is 413 025, and no more of it is taken", async () => {
  const { stream, taken } = chunked(100, 65_536);

  expect(await post("/notes", stream)).toMatchObject({ status: 413, code: "GROVE-LOOM-025" });
  expect(taken.isCancelled).toBe(true);
  expect(taken.chunks).toBeLessThan(30);
});

test("a body longer than it was declared to be is 413 025 too", async () => {
  const headers = { ...json, "Content-Length": "5" };

  expect(await post("/small", chunked(20, 1).stream, headers)).toMatchObject({ status: 413, code: "GROVE-LOOM-025" });
  expect(await post("/small", '"éééééééé"', headers)).toMatchObject({ status: 413, code: "GROVE-LOOM-025" });
});

test("a body as long as the limit is read, declared or chunked", async () => {
  const { stream } = chunked(10, 1);

  expect(await post("/small", stream)).toMatchObject({ status: 400, code: "GROVE-LOOM-021" });
  expect(await post("/small", "          ")).toMatchObject({ status: 400, code: "GROVE-LOOM-021" });
});

test("__proto__ as a JSON key is a key like any other", async () => {
  const object = objectOf<Inputs>("Inputs");
  const body = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"title":"a"}';

  const any = await object.fetch("https://do/any", { method: "POST", body, headers: json });
  const notes = await object.fetch("https://do/notes", { method: "POST", body, headers: json });

  expect(await any.json()).toEqual({ keys: ["__proto__", "constructor", "title"], polluted: false });
  expect(await notes.json()).toEqual({ title: "a", tags: [], polluted: false });
});

test.each(["application/x-www-form-urlencoded", "text/json", "application/jsonp", "application/xml+jsonx"])(
  "the content type %s is 415 026",
  async (type) => {
    expect(await post("/notes", '{"title":"a"}', { "Content-Type": type })).toMatchObject({
      status: 415,
      code: "GROVE-LOOM-026",
    });
  },
);

test.each([
  "application/json; charset=utf-8",
  "Application/JSON;charset=UTF-8",
  "application/merge-patch+json",
  "application/vnd.api+json",
  "text/plain;charset=UTF-8",
])("the content type %s is JSON", async (type) => {
  const headers = { "Content-Type": type };
  const response = await objectOf("Inputs").fetch("https://do/notes", {
    method: "POST",
    body: '{"title":"a"}',
    headers,
  });

  expect(await response.json()).toMatchObject({ title: "a" });
});

test("a body without a content type is taken for JSON", async () => {
  const body = new TextEncoder().encode('{"title":"a"}');
  const response = await objectOf("Inputs").fetch("https://do/notes", { method: "POST", body });

  expect(await response.json()).toMatchObject({ title: "a" });
});
