import { expect, test } from "vitest";
import { z } from "zod";
import { getLoomStub, loomFetch, LoomFetchError, loomFetchJson } from "../../src/factory.ts";
import type { Echoed } from "../fixtures/factory.ts";
import { echoes } from "./namespaces.ts";

const stub = () => getLoomStub(echoes, "lobby");

test("a request has its path, query and method, and no content type without a body", async () => {
  const echoed = await loomFetchJson<Echoed>(stub(), "/a/b?x=1");

  expect(echoed).toMatchObject({ method: "GET", path: "/a/b?x=1", type: null, body: "" });
});

test("the plan's form sends a method and a JSON body", async () => {
  const echoed = await loomFetchJson<Echoed>(stub(), "/a", "PUT", { n: 1 });

  expect(echoed).toMatchObject({ method: "PUT", type: "application/json", body: '{"n":1}' });
});

test("the plan's form sends no content type without a body", async () => {
  expect(await loomFetchJson<Echoed>(stub(), "/a", "POST")).toMatchObject({ method: "POST", type: null, body: "" });
});

test("null is a JSON body", async () => {
  expect(await loomFetchJson<Echoed>(stub(), "/a", "POST", null)).toMatchObject({
    type: "application/json",
    body: "null",
  });
});

test("options send headers and JSON; a content type of one's own stays", async () => {
  const headers = { "x-custom": "1", "content-type": "application/merge-patch+json" };
  const echoed = await loomFetchJson<Echoed>(stub(), "/a", { method: "PATCH", headers, json: { n: 1 } });

  expect(echoed).toMatchObject({ method: "PATCH", custom: "1", type: "application/merge-patch+json", body: '{"n":1}' });
});

test("a body of one's own is sent as it is", async () => {
  const body = new Blob(["plain"]).stream();

  expect(await loomFetchJson<Echoed>(stub(), "/a", { method: "POST", body })).toMatchObject({
    type: null,
    body: "plain",
  });
});

test("an answer is returned whatever its status", async () => {
  const response = await loomFetch(stub(), "/as/text");

  expect(response.status).toBe(418);
  expect(await response.text()).toBe("no");
});

test("a socket can be opened", async () => {
  const response = await loomFetch(stub(), "/socket", { headers: { upgrade: "websocket" } });
  const socket = response.webSocket!;
  const message = new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));

  socket.accept();

  expect(await message).toBe("hello");
  socket.close();
});

test("an answer that is no success has status, code and the start of its body", async () => {
  const error = await loomFetchJson(stub(), "/as/error?token=1").catch((thrown: unknown) => thrown as LoomFetchError);

  expect(error).toBeInstanceOf(LoomFetchError);
  expect(error).toMatchObject({ name: "LoomFetchError", status: 404, code: "GROVE-LOOM-020" });
  expect((error as LoomFetchError).message).toBe("GET /as/error answered 404");
  expect((error as LoomFetchError).body).toContain("error_description");
});

test("an error owns its name, code and status only", async () => {
  const error = await loomFetchJson(stub(), "/as/text").catch((thrown: unknown) => thrown as object);

  expect(Object.keys(error as object).sort()).toEqual(["code", "name", "status"]);
  expect(error).toMatchObject({ status: 418, code: undefined, body: "no" });
});

test("a large body is cut", async () => {
  const error = await loomFetchJson(stub(), "/as/large").catch((thrown: unknown) => thrown as LoomFetchError);

  expect((error as LoomFetchError).body).toBe("é".repeat(4_096));
});

test("a success that is not JSON is an error", async () => {
  await expect(loomFetchJson(stub(), "/as/html")).rejects.toThrow(
    "GET /as/html answered 200 with text that is not JSON",
  );
});

test("an answer without a body is undefined", async () => {
  expect(await loomFetchJson(stub(), "/as/nothing")).toBeUndefined();
});

test("a schema checks and parses the answer", async () => {
  const Upper = z.object({ method: z.string().transform((method) => method.toLowerCase()) });

  expect(await loomFetchJson(stub(), "/a", { schema: Upper })).toEqual({ method: "get" });
});

test("an answer that does not fit its schema is an error that says where", async () => {
  const Wrong = z.object({ method: z.number() });

  await expect(loomFetchJson(stub(), "/a", { schema: Wrong })).rejects.toThrow(
    "GET /a answered 200 with JSON that does not fit its schema: method: Invalid input: expected number, received string",
  );
});

test("an object that hangs is given up after the timeout", async () => {
  await expect(loomFetch(stub(), "/hang", { timeout: "10ms" })).rejects.toMatchObject({ name: "TimeoutError" });
});

test("the timeout covers the body too", async () => {
  await expect(loomFetchJson(stub(), "/as/endless", { timeout: "10ms" })).rejects.toMatchObject({
    name: "TimeoutError",
  });
});

test("a signal of one's own ends the call beside a timeout", async () => {
  const controller = new AbortController();
  const call = loomFetch(stub(), "/hang", { timeout: "1h", signal: controller.signal });

  controller.abort(new Error("changed my mind"));

  await expect(call).rejects.toThrow("changed my mind");
});

test("a timeout that is no length of time is refused", async () => {
  await expect(loomFetch(stub(), "/", { timeout: -1 })).rejects.toThrow(
    "loomFetch's timeout: -1 is not a length of time",
  );
});
