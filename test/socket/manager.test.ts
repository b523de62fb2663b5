import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { SocketCrowd } from "../fixtures/socket-manager.ts";
import type { LoomSocket, SocketSelection, WebSocketManager } from "../../src/websocket.ts";
import { objectOf } from "../support.ts";
import { Client } from "../support/client.ts";
import { capture } from "../support/log.ts";

afterEach(() => void vi.restoreAllMocks());

interface Inside {
  readonly manager: WebSocketManager;
  readonly ctx: DurableObjectState;
  named(name: string): LoomSocket;
}

/** An object with four sockets in two groups, asleep until `inside` runs. */
async function crowd() {
  const stub = objectOf<SocketCrowd>("SocketCrowd");
  const [ann, bob, cat, dan] = [
    await Client.open(stub, "/a/ann"),
    await Client.open(stub, "/a/bob"),
    await Client.open(stub, "/b/cat"),
    await Client.open(stub, "/b/dan"),
  ];
  await evictDurableObject(stub);
  const inside = <Result>(work: (inside: Inside) => Result): Promise<Result> =>
    runInDurableObject(stub, ({ manager }, ctx) =>
      work({ manager, ctx, named: (name) => manager.getConnections(name)[0]! }),
    );
  return { clients: { ann, bob, cat, dan }, inside };
}

const names = (found: readonly LoomSocket[]) => found.map(({ params }) => params["name"]).toSorted();

test.for<[string, SocketSelection, readonly string[]]>([
  ["all", {}, ["ann", "bob", "cat", "dan"]],
  ["those of a tag", { tag: "a" }, ["ann", "bob"]],
  ["those of a tag nobody has", { tag: "c" }, []],
  ["those of a path", { path: "/b/dan" }, ["dan"]],
  ["those of a declared path", { pattern: "/:group/:name" }, ["ann", "bob", "cat", "dan"]],
  ["those of a path that is a pattern of others", { path: "/:group/:name" }, []],
  ["those a function picks", { tag: "b", filter: ({ params }) => params["name"] !== "cat" }, ["dan"]],
])("%s are found, and reached by a broadcast", async ([, selection, expected]) => {
  const { clients, inside } = await crowd();

  const found = await inside(({ manager }) => {
    const sent = manager.broadcast({ to: "them" }, selection);
    manager.broadcast("end");
    return [sent, names(manager.getConnections(selection))];
  });

  expect(found).toEqual([expected.length, expected]);
  const reached = [];
  for (const [name, client] of Object.entries(clients)) {
    if (JSON.stringify(await client.next()) === '{"to":"them"}') reached.push(name);
  }
  expect(reached).toEqual(expected);
});

test("a broadcast leaves out those it is told to, in either form, and counts the others", async () => {
  const { inside } = await crowd();

  const counts = await inside(({ manager, ctx, named }) => [
    manager.broadcast("x", { except: named("ann") }),
    manager.broadcast("x", { except: ctx.getWebSockets("ann")[0]! }),
    manager.broadcast("x", { except: [named("ann"), ctx.getWebSockets("bob")[0]!] }),
    manager.broadcast("x", { tag: "a", except: named("cat") }),
  ]);

  expect(counts).toEqual([3, 3, 2, 2]);
});

test("a message is encoded once, however many it goes to", async () => {
  const { inside } = await crowd();
  const toJSON = vi.fn(() => ({ once: true }));

  expect(await inside(({ manager }) => manager.broadcast({ toJSON }))).toBe(4);

  expect(toJSON).toHaveBeenCalledOnce();
});

test("a socket that cannot be sent to is logged and closed, and the others get the message", async () => {
  const { lines } = capture();
  const { clients, inside } = await crowd();

  // Trap 25: `send` can throw for a socket that is said to be open.
  const sent = await inside(({ manager, ctx, named }) => {
    const [broken] = ctx.getWebSockets("bob");
    Object.defineProperty(broken!, "send", {
      value: () => {
        throw new Error("torn");
      },
    });
    return [manager.broadcast("news"), manager.count, named("bob")];
  });

  expect(sent).toEqual([3, 3, undefined]);
  expect(await clients.ann.next()).toBe("news");
  expect(await clients.bob.next()).toEqual({ closed: 1011, reason: "GROVE-LOOM-061" });
  expect(lines).toMatchObject([{ level: "error", code: "GROVE-LOOM-061", cause: { message: "torn" } }]);
});

test.for([
  ["a Map", new Map(), "A Map has no JSON form"],
  ["a Map inside", { found: new Map() }, "A Map has no JSON form"],
  ["what JSON leaves out", { toJSON: () => undefined }, "This object has no JSON form"],
] as const)("%s is refused before it is sent to anybody", async ([, message, text]) => {
  const { inside } = await crowd();

  await inside(({ manager, named }) => {
    expect(() => manager.broadcast(message)).toThrow(text);
    expect(() => named("ann").send(message)).toThrow(text);
  });
});

test("a socket is found by its id, the same LoomSocket all wake", async () => {
  const { inside } = await crowd();

  await inside(({ manager, ctx, named }) => {
    const ann = named("ann");
    expect(manager.get(ann.id)).toBe(ann);
    expect(manager.of(ctx.getWebSockets("ann")[0]!)).toBe(ann);
    expect(manager.get("nobody")).toBeUndefined();
  });
});

test("a socket that was closed is neither found nor counted nor sent to", async () => {
  const { clients, inside } = await crowd();

  await inside(({ manager, named }) => {
    const ann = named("ann");
    ann.close(4000, "first");
    ann.close(4001, "second");
    expect([ann.isOpen, ann.send("late"), manager.get(ann.id)]).toEqual([false, false, undefined]);
    expect([manager.count, manager.broadcast("x"), names(manager.getConnections())]).toEqual([
      3,
      3,
      ["bob", "cat", "dan"],
    ]);
  });

  expect(await clients.ann.next()).toEqual({ closed: 4000, reason: "first" });
});

test("closing a socket that was not found closes no other", async () => {
  const { inside } = await crowd();

  const count = await inside(({ manager }) => {
    expect(() => manager.close(manager.get("nobody")!)).toThrow(TypeError);
    return manager.count;
  });

  expect(count).toBe(4);
});

test("all sockets of a selection are closed at once, or one of them in either form", async () => {
  const { clients, inside } = await crowd();

  await inside(({ manager, ctx, named }) => {
    manager.close({ tag: "a" }, 4001, "group");
    manager.close(named("cat"));
    manager.close(ctx.getWebSockets("dan")[0]!, 4002);
  });

  expect(await clients.ann.next()).toEqual({ closed: 4001, reason: "group" });
  expect(await clients.bob.next()).toEqual({ closed: 4001, reason: "group" });
  expect(await clients.cat.next()).toEqual({ closed: 1000, reason: "" });
  expect(await clients.dan.next()).toEqual({ closed: 4002, reason: "" });
});

test.for([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 1000.5, Number.NaN])(
  "the code %s is refused before anything is closed",
  async (code) => {
    const { inside } = await crowd();

    // Trap 24: these say what happened; no end may send them.
    await inside(({ manager, named }) => {
      expect(() => named("ann").close(code)).toThrow(`close: ${code} is no code to send. Write 1000, or`);
      expect(() => manager.close({}, code)).toThrow("is no code to send");
      expect(manager.count).toBe(4);
    });
  },
);

test.for([
  ["x".repeat(200), "x".repeat(123)],
  ["é".repeat(62), "é".repeat(61)],
  [`${"x".repeat(120)}😀`, "x".repeat(120)],
  [`${"x".repeat(119)}😀`, `${"x".repeat(119)}😀`],
])("a reason is cut between characters, to 123 bytes (%#)", async ([reason, cut]) => {
  const { clients, inside } = await crowd();

  // Trap 25: one byte more throws.
  await inside(({ named }) => named("ann").close(4000, reason));

  expect(await clients.ann.next()).toEqual({ closed: 4000, reason: cut });
});

test.for([
  ["is too large for an attachment", "x".repeat(16_384), "socket.state is over the 16,384 bytes"],
  ["is too large only with what is kept beside it", "x".repeat(16_340), "socket.state is over the 16,384 bytes"],
  ["holds a function", { run: () => 1 }, "socket.state.run is a function, which cannot be stored"],
  ["holds an instance", { at: new URL("https://a.test") }, "socket.state.at is an instance of URL"],
] as const)("a state that %s is refused, and the one before stays", async ([, state, text]) => {
  const { inside } = await crowd();

  await inside(({ named }) => {
    const ann = named("ann");
    ann.state = { kept: true };
    expect(() => (ann.state = state)).toThrow(text);
    expect(ann.state).toEqual({ kept: true });
  });
  expect(await inside(({ named }) => named("ann").state)).toEqual({ kept: true });
});

test("a state is frozen, as assigned and as read after an eviction", async () => {
  const stub = objectOf<SocketCrowd>("SocketCrowd");
  await Client.open(stub, "/a/ann");

  // Trap 23: a change in place would be lost with the next eviction.
  await runInDurableObject(stub, ({ manager }) => {
    const [socket] = manager.getConnections() as [LoomSocket<{ tags: string[] }>];
    const state = { tags: ["one"] };
    socket.state = state;
    expect(() => state.tags.push("two")).toThrow(TypeError);
  });
  await evictDurableObject(stub);
  await runInDurableObject(stub, ({ manager }) => {
    const [socket] = manager.getConnections() as [LoomSocket<{ tags: string[] }>];
    expect(socket.state).toEqual({ tags: ["one"] });
    expect(() => (socket.state.tags as string[]).push("two")).toThrow(TypeError);
  });
});

test("a pair of the class's own for pings is kept", async () => {
  const stub = objectOf<SocketCrowd>("SocketCrowd");
  await runInDurableObject(stub, (_object, ctx) => {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("marco", "polo"));
  });

  const client = await Client.open(stub, "/a/ann");
  client.send("marco");

  expect(await client.next()).toBe("polo");
});

test("the 32,769th socket is refused before it is accepted", { timeout: 60_000 }, async () => {
  const log = capture();
  const stub = objectOf<SocketCrowd>("SocketCrowd");
  // Kept: a pair whose client's end nobody holds is collected, and its socket ends.
  const pairs = await runInDurableObject(stub, (_object, ctx) =>
    Array.from({ length: 32_768 }, () => {
      const pair = new WebSocketPair();
      ctx.acceptWebSocket(pair[1]);
      return pair;
    }),
  );

  const response = await stub.fetch("https://object.test/a/ann", { headers: { Upgrade: "websocket" } });

  expect([response.status, pairs.length]).toEqual([503, 32_768]);
  expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-060" });
  expect(log.only()).toMatchObject({ problem: expect.stringContaining("The object has 32768 sockets") as unknown });
});
