import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServedObject } from "../support/served-object.ts";
import { Workerd } from "../support/workerd.ts";

// Promise 7: each name that an object and its prototypes have is called and read over RPC.
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/surface.ts", import.meta.url),
    classes: ["Rich", "Refined", "Declared", "DeclaredChild"],
  });
});
afterAll(() => server?.end());

const openOfRich = {
  cached: "cached",
  checked: "refused: GROVE-LOOM-024",
  computed: "computed",
  declared: "declared",
  guarded: "guarded",
  helper: "helper",
  locked: "locked",
  plain: "plain",
  rejecting: "alone",
  routedAndRpc: "routed and rpc",
  shown: "shown",
};

const open: Record<string, Record<string, string>> = {
  Rich: openOfRich,
  Refined: {
    ...openOfRich,
    cached: "refined cache",
    locked: "refined lock",
    opened: "opened",
    own: "own",
    plain: "refined plain",
    prepare: "refined start",
  },
  Declared: { declared: "declared", declaredAndLocked: "declared and locked", shown: "shown" },
  DeclaredChild: { declared: "child's declared", declaredAndLocked: "declared and locked", shown: "shown" },
};

const wakes: Record<string, (object: ServedObject) => Promise<unknown>> = {
  "on its first wake": async () => {},
  "after a reset": (object) => object.fetch("/abort", { method: "POST" }),
  "after the process was killed": () => server.restart(),
};

describe.for(Object.keys(wakes))("%s", (wake) => {
  test.for(Object.keys(open))("exactly the open members of a %s are reachable", async (className) => {
    const object = server.object(className);
    const names = await namesOf(object);
    await wakes[wake]!(object);

    const reached = await reachable(object, names);

    expect(reached).toEqual(open[className]);
  });
});

test.for(Object.keys(open))("the walk over a %s finds its hidden members too", async (className) => {
  const names = await namesOf(server.object(className));

  expect(names).toEqual(expect.arrayContaining([...Object.keys(open[className]!), "secret", "inside", "log", "ctx"]));
  expect(names).toEqual(expect.arrayContaining(["markDirty", "persistIfDirty", "state_data", "fetch", "toString"]));
});

test.for([
  ["Rich", ["routed", "secret", "hash", "helper", true]],
  ["Refined", ["refined route", "secret", "hash", "helper", true]],
  ["Declared", ["plain", "secret"]],
] as const)("a %s reaches its own hidden members", async ([className, found]) => {
  expect(await (await server.object(className).fetch("/inside")).json()).toEqual(found);
});

test.for(["ctx.storage", "ctx.storage.kv.get", "env.SINK", "log.info", "sql.exec", "locks.withLock", "cache.clear"])(
  "the path %s into a tool is refused",
  async (path) => {
    const [tool] = path.split(".");
    const message = `The RPC receiver does not implement the method "${tool}".`;

    expect((await server.object("Rich").call(path)).error?.message).toBe(message);
    expect((await server.object("Rich").read(path)).error?.message).toBe(message);
  },
);

/** What of `names` a caller reaches, and what it gets: by a call first, else by reading. */
async function reachable(object: ServedObject, names: readonly string[]): Promise<Record<string, unknown>> {
  const reached: Record<string, unknown> = {};
  for (const name of names.filter((known) => !answeredByStub.has(known))) {
    const called = await object.call(name);
    const answer = called.error && isRefusal(called.error.message) ? await object.read(name) : called;
    if (!answer.error) reached[name] = answer.value;
    else if (!isRefusal(answer.error.message)) reached[name] = `refused: ${String(answer.error.own["code"])}`;
  }
  return reached;
}

async function namesOf(object: ServedObject): Promise<string[]> {
  return (await (await object.fetch("/names")).json()) as string[];
}

/** The runtime's own three ways to say that nothing was reached. */
function isRefusal(message: string): boolean {
  return /does not implement the method|is a reserved method|is not a function/.test(message);
}

// The stub has these members itself, so a caller never reaches the object's (workerd 2026-10-23).
const answeredByStub = new Set(["constructor", "fetch", "connect", ...Object.getOwnPropertyNames(Object.prototype)]);
