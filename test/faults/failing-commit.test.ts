import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ServedObject } from "../node/support/served-object.ts";
import { Sink } from "../node/support/sink.ts";
import { Workerd } from "../node/support/workerd.ts";

// Promise 1: what left the object is saved. Saving is made to fail while something is about to leave.
let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open();
  server = await Workerd.serve({
    fixture: new URL("fixtures/committing.ts", import.meta.url),
    classes: ["Constraint", "Flush"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

interface Way {
  readonly className: string;
  readonly lost: { readonly value: string; readonly fails?: boolean };
  readonly reason: RegExp;
  /** Puts the fault in place, where the change itself does not bring it; the returned function takes it away. */
  readonly arrange?: () => () => void;
  readonly isOnLinux?: true;
}

const ways: Record<string, Way> = {
  "a deferred constraint": {
    className: "Constraint",
    lost: { value: "lost", fails: true },
    reason: /rolled back .* FOREIGN KEY constraint failed/,
  },
  "a flush that throws": {
    className: "Flush",
    lost: { value: "lost", fails: true },
    reason: /^GROVE-LOOM-040/,
  },
  "a file that may not grow": {
    className: "Constraint",
    lost: { value: "lost".padEnd(200_000) },
    reason: /disk I\/O error/,
    arrange: () => {
      limitFiles("65536");
      return () => limitFiles("unlimited");
    },
    isOnLinux: true,
  },
};

describe.for(Object.keys(ways))("when saving fails by %s", (name) => {
  const way = ways[name]!;
  let object: ServedObject;
  let id: string;

  beforeEach(async ({ skip }) => {
    if (way.isOnLinux) skip(process.platform !== "linux", "the limit is set with prlimit");
    id = crypto.randomUUID();
    object = server.object(way.className, id);
    await object.call("reply", { value: "saved" });
  });

  test("no RPC result arrives", async () => {
    const answer = await failing(way, () => object.call("reply", way.lost));

    expect(answer.error?.message).toMatch(way.reason);
    expect(await object.call("look")).toEqual({ value: { value: "saved", twin: "saved" } });
  });

  test("no response arrives", async () => {
    const body = JSON.stringify(way.lost);

    const response = await failing(way, () => object.fetch("/change", { method: "POST", body, headers }));

    expect(response.status).toBe(599);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(way.reason) } });
    expect(await object.call("look")).toEqual({ value: { value: "saved", twin: "saved" } });
  });

  test("no outgoing call leaves", async () => {
    await object.call("callOut", { value: "saved" });

    const answer = await failing(way, () => object.call("callOut", way.lost));

    expect(answer.error?.message).toMatch(way.reason);
    expect(sink.received.filter((path) => path.includes(id))).toEqual([`/${id}/saved`]);
    expect(await object.call("look")).toEqual({ value: { value: "saved", twin: "saved" } });
  });

  test("no call of another object leaves", async () => {
    const answer = await failing(way, () => object.call("callObject", way.lost));

    expect(answer.error?.message).toMatch(way.reason);
    expect(await server.object("Constraint", `told by ${id}`).call("look")).toMatchObject({
      value: { value: "nothing" },
    });
    expect(await object.call("look")).toEqual({ value: { value: "saved", twin: "saved" } });
  });

  // Whether a message that left too early reaches the wire is a race, so it is tried again and again.
  const tries = Array.from({ length: 10 }, (_, index) => index + 1);
  const turns = tries.flatMap((count) => [
    [count, "a change", false] as const,
    [count, "a rolled back one", true] as const,
  ]);
  test.for(turns)("no socket message leaves (try %i of a turn that begins with %s)", async ([, , rollsBackFirst]) => {
    const socket = await object.connect("/");
    socket.send(JSON.stringify({ value: "kept" }));
    await socket.until(1);

    await failing(way, async () => {
      socket.send(JSON.stringify({ ...way.lost, rollsBackFirst }));
      await socket.closed;
    });

    expect(socket.received).toEqual(["kept"]);
    expect(await object.call("look")).toEqual({ value: { value: "kept", twin: "kept" } });
  });
});

const headers = { "content-type": "application/json" };

async function failing<Result>(way: Way, act: () => Promise<Result>): Promise<Result> {
  const restore = way.arrange?.();
  try {
    return await act();
  } finally {
    restore?.();
  }
}

/** The largest file the server may write: beyond it a commit fails like one on a full disk. */
function limitFiles(bytes: string): void {
  execFileSync("prlimit", ["--pid", String(server.pid), `--fsize=${bytes}:`]);
}
