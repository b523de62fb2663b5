import { abortAllDurableObjects } from "cloudflare:test";
import { expect, test } from "vitest";
import { getLoomStub, loomFetch, loomFetchJson } from "../../src/factory.ts";
import type { Echoed } from "../fixtures/factory.ts";
import { echoes } from "./namespaces.ts";

const lost = () => Object.assign(new Error("Network connection lost."), { retryable: true });

test("a stub that broke with its object is renewed for the next call", async () => {
  const stub = getLoomStub(echoes, "reset");
  const before = await loomFetchJson<Echoed>(stub, "/");

  await abortAllDurableObjects();

  await expect(loomFetch(stub, "/")).rejects.toThrow("abortAllDurableObjects");
  expect((await loomFetchJson<Echoed>(stub, "/")).id).toBe(before.id);
});

test("a stub of the platform's own stays broken after its object was reset (2026-10-01)", async () => {
  const stub = echoes.getByName("reset");
  await loomFetch(stub, "/");

  await abortAllDurableObjects();

  await expect(loomFetch(stub, "/")).rejects.toThrow("abortAllDurableObjects");
  await expect(loomFetch(stub, "/")).rejects.toThrow("abortAllDurableObjects");
});

test("a retry goes through a new stub of the same object", async () => {
  const made: string[] = [];
  const fetch = async () => {
    if (made.length === 1) throw lost();
    return new Response("answered");
  };
  const namespace = { getByName: (name: string) => (made.push(name), { fetch }) } as never;

  await loomFetch(getLoomStub(namespace, "lobby"), "/a", { backoff: 0 });

  expect(made).toEqual(["lobby", "lobby"]);
});
