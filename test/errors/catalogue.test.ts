import { expect, test } from "vitest";
import { LOOM_ERRORS } from "../../src/catalogue.ts";

const entries = Object.values(LOOM_ERRORS);

test("every entry has a code of its own", () => {
  const codes = entries.map(({ code }) => code);

  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => !/^GROVE-LOOM-\d{3}$/.test(code))).toEqual([]);
});

test("every entry has its status", () => {
  expect(Object.fromEntries(entries.map(({ code, status }) => [code.slice(-3), status]))).toEqual({
    ...{ "001": 500, "002": 500 },
    ...{ "020": 404, "021": 400, "022": 405, "023": 500, "024": 400, "025": 413, "026": 415, "027": 401, "028": 403 },
    ...{ "029": 409, "030": 503, "031": 429, "032": 400, "033": 426 },
    ...{ "040": 500, "041": 500, "042": 500, "043": 500, "080": 500 },
    ...{ "050": 500, "051": 500, "052": 500, "053": 503 },
    ...{ "060": 500, "061": 500, "062": 400, "063": 400, "064": 400, "065": 413, "066": 429 },
  });
});

test("what the caller can mend is the user's, all else is a bug", () => {
  const isUsers = (status: number) => status >= 400 && status < 500;

  expect(entries.filter(({ category, status }) => (category === "user") !== isUsers(status))).toEqual([]);
});

test("the text for users is a sentence that tells nothing of the inside", () => {
  const inside = /schema|sql|row|table|field|flush|persist|migrat|stack|handler|throw|lock|key|object|loom|durable|@/i;
  const texts = entries.map(({ userMessage }) => userMessage);

  expect(texts.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
  expect(texts.filter((text) => inside.test(text))).toEqual([]);
});

test("the text for operators says more than the one for users", () => {
  expect(
    entries.filter(({ userMessage, adminMessage }) => adminMessage === userMessage || !adminMessage.endsWith(".")),
  ).toEqual([]);
});
