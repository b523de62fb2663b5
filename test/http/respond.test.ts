import { expect, test } from "vitest";
import { LOOM_ERRORS } from "../../src/catalogue.ts";
import { LoomError } from "../../src/errors.ts";
import { errorResponse, LoomResponse } from "../../src/http/respond.ts";

/** Status, content type and body, byte for byte. */
const told = async (response: Response) => [
  response.status,
  response.headers.get("Content-Type"),
  await response.text(),
];

const json = "application/json";

test("json sends data with a status", async () => {
  expect(await told(LoomResponse.json([1]))).toEqual([200, json, "[1]"]);
  expect(await told(LoomResponse.json({ id: 1 }, 201))).toEqual([201, json, '{"id":1}']);
  expect(await told(LoomResponse.json(null))).toEqual([200, json, "null"]);
});

test("json refuses what has no JSON form, instead of sending the word undefined", () => {
  expect(() => LoomResponse.json(undefined)).toThrow("This undefined has no JSON form.");
  expect(() => LoomResponse.json(() => 1, 201)).toThrow("This function has no JSON form.");
});

test("success says so first, and no data can take it back", async () => {
  expect(await told(LoomResponse.success())).toEqual([200, json, '{"success":true}']);
  expect(await told(LoomResponse.success({ id: 1, success: false }))).toEqual([200, json, '{"success":true,"id":1}']);
});

test("text sends plain text with a status", async () => {
  expect(await told(LoomResponse.text("Draft not found", 404))).toEqual([
    404,
    "text/plain;charset=UTF-8",
    "Draft not found",
  ]);
});

test("notFound and badRequest have the catalogue's form, with a text of one's own if there is one", async () => {
  const body = (code: string, text: string) =>
    `{"error":"${code}","error_code":"${code}","error_description":"${text}"}`;
  const notFound = body("GROVE-LOOM-020", "The requested resource was not found.");
  const badRequest = body("GROVE-LOOM-024", "No such page.");

  expect(await told(LoomResponse.notFound())).toEqual([404, json, notFound]);
  expect(await told(LoomResponse.badRequest("No such page."))).toEqual([400, json, badRequest]);
});

test("error takes its status from the entry, from the caller, or is a 500", async () => {
  const own = { code: "MINE-1", category: "bug", userMessage: "Oh.", adminMessage: "secret" } as const;

  expect(LoomResponse.error(LOOM_ERRORS.LOCKED).status).toBe(409);
  expect(LoomResponse.error(LOOM_ERRORS.LOCKED, 423).status).toBe(423);
  expect(await told(LoomResponse.error(own))).toEqual([
    500,
    json,
    '{"error":"MINE-1","error_code":"MINE-1","error_description":"Oh."}',
  ]);
});

test("errorResponse sends code, user text and issues, never the message for developers", async () => {
  const error = new LoomError(LOOM_ERRORS.INVALID_INPUT, {
    message: "secret",
    issues: [{ message: "a", path: ["b", 0] }],
  });

  expect(await errorResponse(error).json()).toEqual({
    error: "GROVE-LOOM-024",
    error_code: "GROVE-LOOM-024",
    error_description: "The request is not valid.",
    issues: [{ message: "a", path: ["b", 0] }],
  });
});
