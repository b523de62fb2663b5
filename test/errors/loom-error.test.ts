import { expect, test } from "vitest";
import { LOOM_ERRORS } from "../../src/catalogue.ts";
import { isLoomError, LoomError } from "../../src/errors.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import type { ErrorSource } from "../fixtures/errors.ts";

const issues = [{ message: "Expected string", path: ["name"] }];

test("a LoomError owns name, code and status, and what every error owns", () => {
  const error = new LoomError(LOOM_ERRORS.INVALID_INPUT, { cause: new Error("inner"), issues });

  expect(Object.keys(error).toSorted()).toEqual(["code", "name", "status"]);
  expect(Reflect.ownKeys(error).toSorted()).toEqual(["code", "message", "name", "stack", "status"]);
});

test("a LoomError tells its own object the entry, the cause and the issues", () => {
  const cause = new Error("inner");
  const error = new LoomError(LOOM_ERRORS.INVALID_INPUT, { cause, issues });

  expect(error.def).toBe(LOOM_ERRORS.INVALID_INPUT);
  expect([error.cause, error.issues]).toEqual([cause, issues]);
});

test("text and status come from the entry, unless they are given", () => {
  const plain = new LoomError(LOOM_ERRORS.FORBIDDEN);
  const given = new LoomError(LOOM_ERRORS.FORBIDDEN, { message: "not here", status: 451 });

  expect([plain.message, plain.status]).toEqual(["GROVE-LOOM-028: You may not do this.", 403]);
  expect([given.message, given.status]).toEqual(["GROVE-LOOM-028: not here", 451]);
});

test("an entry of another catalogue, which has no status, is a 500", () => {
  const def = { code: "DO-040", category: "user", userMessage: "Not found.", adminMessage: "No row." } as const;

  expect(new LoomError(def)).toMatchObject({ code: "DO-040", status: 500, message: "DO-040: Not found." });
});

test("only a LoomError is taken for one", () => {
  const lookalike = Object.assign(new Error("x"), { code: "GROVE-LOOM-020", status: 404 });

  expect(isLoomError(new LoomError(LOOM_ERRORS.NO_ROUTE))).toBe(true);
  expect([lookalike, { name: "LoomError", code: "a", status: 1 }, null, "LoomError"].map(isLoomError)).toEqual([
    ...[false, false, false, false],
  ]);
});

test("an RPC caller sees the code and the status", async () => {
  const object = objectOf<ErrorSource>("ErrorSource");

  const failures = [await failureOf(object.throwsInTheSameTurn()), await failureOf(object.throwsLater())];

  expect(failures.map(isLoomError)).toEqual([true, true]);
  const seen = { name: "LoomError", code: "GROVE-LOOM-024", status: 422, message: "GROVE-LOOM-024: wrong input" };
  expect(failures).toMatchObject([seen, seen]);
});

test("an RPC caller sees neither the cause nor the issues", async () => {
  const failure = await failureOf(objectOf<ErrorSource>("ErrorSource").throwsInTheSameTurn());

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024" });
  // `remote` and `durableObjectId` are the platform's (workerd 2026-10-23).
  const owned = ["code", "durableObjectId", "message", "name", "remote", "stack", "status"];
  expect(Reflect.ownKeys(failure as object).filter((key) => !owned.includes(key as string))).toEqual([]);
  expect((failure as Error).cause).toBeUndefined();
  expect(`${(failure as Error).message} ${(failure as Error).stack} ${JSON.stringify(failure)}`).not.toContain(
    "SELECT",
  );
});

test("an RPC caller does not take another error for a LoomError", async () => {
  expect(isLoomError(await failureOf(objectOf<ErrorSource>("ErrorSource").throwsPlain()))).toBe(false);
});

test("wrong use is the internal error, with a text of its own", async () => {
  const failure = await failureOf(objectOf<ErrorSource>("ErrorSource").throwsMisuse());

  expect(failure).toMatchObject({
    code: "GROVE-LOOM-080",
    status: 500,
    message: expect.stringContaining("@Locked save"),
  });
});
