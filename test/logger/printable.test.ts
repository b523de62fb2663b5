import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { LoomLogger } from "../../src/logger.ts";
import type { LogOptions } from "../../src/logger.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";
import type { Trio } from "../fixtures/state.ts";

afterEach(() => void vi.restoreAllMocks());

function printed(value: unknown, options?: LogOptions): unknown {
  const written = capture();
  new LoomLogger("A", "1", options).info("m", { value });
  vi.restoreAllMocks();
  return written.only()["value"];
}

test("values that JSON has no word for are printed in a way that says what they were", () => {
  const values = [10n, NaN, -Infinity, Symbol("s"), () => 1, undefined, new Date(0), new Date(NaN), new Uint8Array(3)];

  expect(printed(values)).toEqual([
    ...["10n", "NaN", "-Infinity", "Symbol(s)", "[function]", null],
    ...["1970-01-01T00:00:00.000Z", "Invalid Date", "[3 bytes]"],
  ]);
});

test("Map, Set and Headers are printed with what they hold", () => {
  const value = {
    map: new Map<unknown, unknown>([
      ["a", 1],
      [{ b: 2 }, 3],
    ]),
    set: new Set([1]),
    headers: new Headers({ "x-a": "1" }),
  };

  expect(printed(value)).toEqual({ map: { a: 1, '{"b":2}': 3 }, set: [1], headers: { "x-a": "1" } });
});

test("toJSON is asked", () => {
  expect(printed([new URL("https://a.test/b"), { toJSON: () => ({ c: 1n }) }])).toEqual([
    "https://a.test/b",
    { c: "1n" },
  ]);
});

test("a cycle is cut, a repetition is not", () => {
  const shared = { a: 1 };
  const ring: Record<string, unknown> = { one: shared, two: shared };
  ring["self"] = ring;

  expect(printed(ring)).toEqual({ one: { a: 1 }, two: { a: 1 }, self: "[circular]" });
});

test("an error that causes itself is cut", () => {
  const error = new Error("loop");
  error.cause = error;

  expect(printed(error)).toMatchObject({ message: "loop", cause: "[circular]" });
});

test("what throws while it is read does not stop the line", () => {
  const fail = (): never => {
    throw new Error("no");
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const value = {
    getter: Object.defineProperty({ other: 1 }, "bad", { get: fail, enumerable: true }),
    json: { toJSON: fail },
    proxy: new Proxy({}, { ownKeys: fail }),
    revoked: revoked.proxy,
    error: Object.defineProperty(new Error("e"), "message", { get: fail }),
  };

  expect(printed(value)).toMatchObject({
    getter: { other: 1, bad: "[unreadable]" },
    json: "[unreadable]",
    proxy: "[unreadable]",
    revoked: "[unreadable]",
    error: { name: "Error", message: "[unreadable]" },
  });
});

test("secrets are blanked by key, at any depth, in any spelling", () => {
  const value = {
    Authorization: "Bearer x",
    headers: new Headers({ Cookie: "a=b", "x-api-key": "k", accept: "*/*" }),
    map: new Map([["refresh_token", "t"]]),
    user: { passwordHash: "h", "client-secret": ["s"], password: 1234, hasPassword: true, token: null, name: "Ada" },
  };

  expect(printed(value)).toEqual({
    Authorization: "[redacted]",
    headers: { cookie: "[redacted]", "x-api-key": "[redacted]", accept: "*/*" },
    map: { refresh_token: "[redacted]" },
    user: {
      ...{ passwordHash: "[redacted]", "client-secret": "[redacted]", password: "[redacted]" },
      ...{ hasPassword: true, token: null, name: "Ada" },
    },
  });
});

test("`redact` blanks further keys", () => {
  const value = { Email: "a@b.c", e_mail: "a@b.c", пароль: "x", token: "t", name: "Ada" };

  expect(printed(value, { redact: ["email", "пароль", "-"] })).toEqual({
    ...{ Email: "[redacted]", e_mail: "[redacted]", пароль: "[redacted]", token: "[redacted]" },
    name: "Ada",
  });
});

test("keys that mean something to JavaScript are only keys", () => {
  const written = capture();

  new LoomLogger("A", "1").info("m", JSON.parse('{"__proto__": {"level": "x"}, "toJSON": "y", "constructor": 1}'));

  expect(JSON.stringify(written.only())).toContain('"__proto__":{"level":"x"},"toJSON":"y","constructor":1');
});

test("depth and size are bounded", () => {
  const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => ({ inner }), "bottom");
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, Array(500).fill("x")]));
  const size = (value: unknown) => JSON.stringify(printed(value)).length;

  expect(JSON.stringify(printed(deep))).toContain("[too deep]");
  expect(printed(Array(1_000).fill(1))).toHaveLength(101);
  expect(Object.keys(printed(wide) as object)).toHaveLength(101);
  expect(printed("x".repeat(1e6))).toMatch(/x… \(1000000 characters\)$/);
  expect([size(wide) < 200_000, size(Array(100).fill("x".repeat(1e5))) < 200_000]).toEqual([true, true]);
});

test("a line can be printed from anything, and is always JSON", () => {
  const value = fc.anything({
    ...{ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true },
    ...{ withObjectString: true, withSet: true, withSparseArray: true, withTypedArray: true, withUnicodeString: true },
  });

  fc.assert(
    fc.property(value, (data) => {
      const written = capture();

      new LoomLogger("A", "1").info("m", data as object);

      expect(written.only()).toMatchObject({ do: "A", id: "1", level: "info", message: "m" });
    }),
    { numRuns: 1_000 },
  );
});

test("printing a stub does not call its object", () => {
  const stub = objectOf<Trio>("Trio", "a");
  // workerd answers every read of a stub with a function that calls the object, and says it has any name (2026-10-01).
  const answers = stub as unknown as Record<string, unknown>;
  expect([typeof answers["toJSON"], "toJSON" in stub]).toEqual(["function", true]);

  expect(printed({ stub, call: answers["answer"] })).toEqual({
    stub: { name: "a", id: { name: "a" } },
    call: "[function]",
  });
});
