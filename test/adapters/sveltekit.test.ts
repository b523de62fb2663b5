import { expect, test } from "vitest";
import { fetchLoomJson, getLoomDO, LoomFetchError } from "../../src/adapters/sveltekit.ts";
import type { LoomPlatform } from "../../src/adapters/sveltekit.ts";
import type { Echoed } from "../fixtures/factory.ts";
import { echoes } from "../factory/namespaces.ts";
import { thrownBy } from "../storage/inside.ts";

const platform = { env: { ECHOES: echoes, TITLE: "Grove" } };

test("an object is reached through the platform's binding", async () => {
  expect(await getLoomDO(platform, "ECHOES", "lobby").double(21)).toBe(42);
});

test("an object's JSON is fetched by binding and name", async () => {
  const echoed = await fetchLoomJson<Echoed>(platform, "ECHOES", "lobby", "/a", "PUT", { n: 1 });

  expect(echoed).toMatchObject({ name: "lobby", method: "PUT", path: "/a", body: '{"n":1}' });
});

test("an answer that is no success is a LoomFetchError", async () => {
  await expect(fetchLoomJson(platform, "ECHOES", "lobby", "/as/error")).rejects.toBeInstanceOf(LoomFetchError);
});

test.for([
  [undefined, "`platform` is undefined. Use @sveltejs/adapter-cloudflare, and no prerendered route."],
  [{}, "`platform.env` is undefined. Use @sveltejs/adapter-cloudflare, which sets it."],
  [{ env: {} }, "the binding `ECHOES` is missing. Add it to [[durable_objects.bindings]] in wrangler.toml."],
] as const)("without a platform, an env or a binding the error says what to do: %j", ([given, message]) => {
  const error = thrownBy(() => getLoomDO(given as LoomPlatform | undefined, "ECHOES", "lobby"));

  expect(error.message).toBe(`GROVE-LOOM-080: getLoomDO("ECHOES"): ${message}`);
});

test("fetchLoomJson refuses the same", async () => {
  await expect(fetchLoomJson(undefined, "ECHOES", "lobby", "/")).rejects.toThrow(
    'fetchLoomJson("ECHOES"): `platform` is',
  );
});
