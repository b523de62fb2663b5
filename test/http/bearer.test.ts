import { expect, test, vi } from "vitest";
import { bearer } from "../../src/http/middleware/bearer.ts";
import type { Guarded } from "../fixtures/middleware.ts";
import { objectOf } from "../support.ts";

async function ask(path: string, authorization?: string) {
  const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
  const response = await objectOf<Guarded>("Guarded").fetch(`https://do${path}`, { headers });
  const { error_code: code } = await response.json<{ error_code?: string }>();
  return [response.status, code, response.headers.get("WWW-Authenticate")];
}

const isIn = [200, undefined, null];

test("the right token lets in, whatever the case of the scheme", async () => {
  expect(await ask("/one", "Bearer one-token")).toEqual(isIn);
  expect(await ask("/one", "bearer  one-token")).toEqual(isIn);
});

test("any of several tokens lets in", async () => {
  expect(await ask("/two", "Bearer old")).toEqual(isIn);
  expect(await ask("/two", "Bearer new==")).toEqual(isIn);
});

test("no credentials are 401 027 with a challenge", async () => {
  expect(await ask("/one")).toEqual([401, "GROVE-LOOM-027", 'Bearer realm="the \\"grove\\""']);
  expect(await ask("/two")).toEqual([401, "GROVE-LOOM-027", "Bearer"]);
});

test.each(["Basic b25lLXRva2Vu", "Bearer", "Bearer ", "one-token", "Bearer one-token more", "BearerXone-token"])(
  "the header %s is no bearer token",
  async (authorization) => {
    expect(await ask("/two", authorization)).toEqual([401, "GROVE-LOOM-027", "Bearer"]);
  },
);

test.each(["two-token", "one-toke", "one-token2", "ONE-TOKEN", "x".repeat(10_000)])(
  "the token %.20s is refused",
  async (token) => {
    const challenge = 'Bearer realm="the \\"grove\\"", error="invalid_token"';

    expect(await ask("/one", `Bearer ${token}`)).toEqual([401, "GROVE-LOOM-027", challenge]);
  },
);

test("a refusal without a realm names the error alone", async () => {
  expect(await ask("/two", "Bearer wrong")).toEqual([401, "GROVE-LOOM-027", 'Bearer error="invalid_token"']);
});

test("tokens are compared as digests, in constant time, and all of them", async () => {
  const compare = vi.spyOn(crypto.subtle, "timingSafeEqual");

  await ask("/two", "Bearer old");

  expect(compare.mock.calls.map(([left, right]) => [left.byteLength, right.byteLength])).toEqual([
    [32, 32],
    [32, 32],
  ]);
});

test("the token can be looked up for each request", async () => {
  expect(await ask("/looked-up?expects=abc", "Bearer abc")).toEqual(isIn);
  expect((await ask("/looked-up?expects=abc", "Bearer abd"))[0]).toBe(401);
});

test.each(["/looked-up", "/looked-up?expects="])("no token to compare with lets nobody in (%s)", async (path) => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});

  expect(await ask(path, "Bearer undefined")).toEqual([500, "GROVE-LOOM-080", null]);
  expect(log.mock.calls.flat().join()).toContain("bearer: there is no token to compare with");
});

test("an empty token is refused where it is written", () => {
  expect(() => bearer({ token: "" })).toThrow("there is no token to compare with");
  expect(() => bearer({ token: [] })).toThrow("there is no token to compare with");
});
