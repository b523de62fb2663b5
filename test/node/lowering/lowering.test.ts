import { expect, test } from "vitest";
import type { Workerd } from "../support/workerd.ts";
import { type Compiler, compilers, legacy } from "./compilers.ts";
import { expected, withoutOverride } from "./expected.ts";
import { serveLowered } from "./lowered.ts";

// SWC's faults are pinned below: a newer SWC that mends one fails here, and the README's table changes.
const { "SWC 2022-03": swc2022, "SWC 2023-11": swc2023, ...whole } = compilers;
const all = Object.entries(compilers);

test.for(all)("%s leaves no decorator in its output", async ([, compiler]) => {
  expect(await compiler(fixture("notebook"))).not.toMatch(/^\s*@\w/m);
});

test.for(Object.entries({ ...whole, "SWC 2023-11": swc2023 }))(
  "every decorator works as lowered by %s, before and after a new wake",
  async ([, compiler]) => expect(await observe(compiler)).toEqual(expected),
);

test("SWC 2022-03: an undecorated override does not answer its parent's route; the rest works", async () => {
  expect(await observe(swc2022)).toEqual(withoutOverride);
});

test.for(Object.entries(whole))("%s links a subclass's metadata to its parent's", async ([, compiler]) => {
  expect(await seen("family", compiler)).toEqual({ seen: true });
});

test.for(Object.entries({ swc2022, swc2023 }))(
  "SWC leaves the two apart, and the routes are found: %s",
  async ([, compiler]) => {
    expect(await seen("family", compiler)).toEqual({ seen: false });
  },
);

test.for(all)("a persisted field may start from a plain field before it: %s", async ([, compiler]) => {
  expect(await seen("order", compiler)).toEqual({ seen: 4 });
});

test.for(all)("a private method may be wrapped: %s", async ([, compiler]) => {
  expect(await seen("private-method", compiler)).toEqual({ seen: "a private method" });
});

test.for(Object.entries({ ...whole, "SWC 2022-03": swc2022 }))(
  "a private field may persist: %s",
  async ([, compiler]) => {
    expect(await seen("private-field", compiler)).toEqual({ seen: 1 });
  },
);

test("SWC 2023-11: a private persisted field is a ReferenceError", async () => {
  expect(await seen("private-field", swc2023)).toMatchObject({ error_code: "GROVE-LOOM-023" });
});

test.for(all)("a class that does not extend LoomDO is refused on its first construction: %s", async ([, compiler]) => {
  const answer = JSON.stringify(await seen("stranger", compiler));

  expect(answer).toContain("@Route open: the class does not extend LoomDO. Write `class … extends LoomDO`.");
});

test("a class lowered by the legacy rules is refused with the setting to remove", async () => {
  await expect(seen("order", legacy)).rejects.toThrow('Remove "experimentalDecorators" from tsconfig.json.');
});

function fixture(name: string): string {
  return new URL(`fixtures/${name}.ts`, import.meta.url).pathname;
}

/** What the fixture's one object answers. */
function seen(name: string, compiler: Compiler): Promise<unknown> {
  return serveLowered({ compiler, fixture: fixture(name), classes: ["Vault"] }, async (server) =>
    (await server.object("Vault").fetch("/seen")).json(),
  );
}

const notebooks = ["Notebook", "Diary", "Sibling"];

/** What can be seen of the notebooks from outside, before and after a new wake. */
function observe(compiler: Compiler): Promise<Record<string, unknown>> {
  return serveLowered({ compiler, fixture: fixture("notebook"), classes: notebooks }, async (server) => {
    const observed: Record<string, unknown> = {};
    for (const name of notebooks) observed[name] = await visit(server, name);
    await server.restart();
    for (const name of notebooks) observed[`${name}, awake again`] = await visit(server, name);
    return observed;
  });
}

async function visit(server: Workerd, className: string): Promise<Record<string, unknown>> {
  const object = server.object(className, "one");
  const ask = async (path: string, method = "GET") => {
    const response = await object.fetch(path, { method });
    return [response.status, response.headers.get("x-mark"), await response.json()];
  };
  return {
    title: await ask("/title"),
    renamed: await ask("/title/diary%20of%20a%20test", "PUT"),
    notes: await ask("/notes"),
    days: await ask("/days"),
    declared: await ask("/declared"),
    report: await object.call("report"),
    prices: [await object.call("price", "EUR"), await object.call("price", "EUR"), await object.call("price", "USD")],
    tidied: await object.call("tidy", "top"),
    route: await object.call("rename", {}),
    field: await object.read("title"),
  };
}
