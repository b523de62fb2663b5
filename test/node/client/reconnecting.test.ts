import { expect, test } from "vitest";
import type { Attempt, ConnectionStatus, ConnectOptions, SocketEnd } from "../../../src/client/index.ts";
import { type Room, Seen, servedRooms } from "./room.ts";

const served = servedRooms(() => Promise.resolve(200));

/** What onStatus is told. */
function statuses() {
  const seen = new Seen<readonly [ConnectionStatus, SocketEnd | undefined]>();
  return { seen, onStatus: ((...told) => seen.note(told)) satisfies ConnectOptions<Room>["onStatus"] };
}

/** A WebSocket that shows its pongs, what it sends, and itself. */
function watched(pongs: Seen<unknown>, frames = new Seen<unknown>(), sockets = new Seen<WebSocket>()) {
  return class extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.note(this);
      this.addEventListener("message", ({ data }) => data === "pong" && pongs.note(data));
    }

    override send(frame: string): void {
      frames.note(frame);
      super.send(frame);
    }
  };
}

/** A WebSocket that hears nothing once it is open. */
function deaf(sockets: Seen<WebSocket>) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.note(this);
      for (const type of ["message", "close"] as const)
        this.addEventListener(type, (event) => event.stopImmediatePropagation());
    }
  };
}

test.for([
  [1000, "closed"],
  [1003, "closed"],
  [1008, "closed"],
  [3000, "closed"],
  [3003, "closed"],
  [4000, "closed"],
  [4499, "closed"],
  [1001, "reconnecting"],
  [1011, "reconnecting"],
  [1012, "reconnecting"],
  [1013, "reconnecting"],
  [3008, "reconnecting"],
  [4500, "reconnecting"],
] as const)("after a close with %i it is %s", async ([code, status]) => {
  const { seen, onStatus } = statuses();
  const room = served().connect("/room", { onStatus });

  void room.send({ type: "end", code });

  const end = { code, reason: "told to", wasClean: true };
  await seen.until(2);
  expect(seen.values).toEqual([
    ["open", undefined],
    [status, end],
  ]);
});

test("`reconnect` decides otherwise", async () => {
  const room = served().connect("/room", { reconnect: ({ code }) => code !== 4500 });

  await room.send({ type: "end", code: 4500 });

  expect(await room.closed).toEqual({ code: 4500, reason: "told to", wasClean: true });
  expect(room.status).toBe("closed");
});

test("a client that is too fast is closed for good, and told why", async () => {
  const room = served().connect("/hurried");

  const [, second] = [room.send({ type: "say", text: "a" }), room.send({ type: "say", text: "b" })];

  expect(await room.closed).toMatchObject({ code: 1008, reason: expect.stringContaining("GROVE-LOOM-066") });
  expect(await second).toEqual({ outcome: "uncertain" });
});

test.for([
  [401, "closed"],
  [403, "closed"],
  [404, "closed"],
  [408, "reconnecting"],
  [425, "reconnecting"],
  [429, "reconnecting"],
  [500, "reconnecting"],
  [503, "reconnecting"],
] as const)("after a refusal with %i it is %s, and was never open", async ([status, expected]) => {
  const { seen, onStatus } = statuses();
  served().connect(`/room?refused=${status}`, { onStatus });

  await seen.until(1);

  expect(seen.values).toEqual([[expected, { code: 4000 + status, reason: "Not you", wasClean: true }]]);
});

test("what waits while an object refuses leaves with the connection that it takes", async () => {
  const { connect, url, log } = served();
  const { seen, onStatus } = statuses();
  const lost = new Seen<unknown>();
  const addresses = [`${url}/room?refused=503`, `${url}/room?refused=429`, `${url}/room`];
  const room = connect(() => addresses.shift()!, { onStatus, onLost: lost.note });

  expect(await room.send({ type: "say", text: "at last" })).toEqual({ outcome: "handled" });

  expect(seen.values.map(([status]) => status)).toEqual(["reconnecting", "open"]);
  expect([lost.values, await log()]).toEqual([[], ["at last"]]);
});

test("a client that was told when to come back does not come before", async () => {
  const { connect, url } = served();
  const [patient, other] = [new Seen<Attempt>(), new Seen<Attempt>()];
  const room = connect((attempt) => (patient.note(attempt), `${url}/room?refused=429&after=3600`));

  connect((attempt) => (other.note(attempt), `${url}/room?refused=429`));
  await other.until(10);

  expect([room.status, patient.values]).toEqual(["reconnecting", [{ lastSeq: 0 }]]);
});

test("a server that agrees to tell why it refuses, and does not, is left for another connection", async () => {
  const { seen, onStatus } = statuses();
  const sockets = new Seen<WebSocket>();
  const heartbeat = { interval: "1h", patience: 50 } as const;
  served().connect("/room?refused=503", { onStatus, heartbeat, WebSocket: deaf(sockets) });

  await sockets.until(2);

  expect(seen.values).toEqual([["reconnecting", { code: 1006, reason: expect.any(String), wasClean: false }]]);
});

test("an upgrade that is refused without a word is tried again: a browser does not say why it failed", async () => {
  const { connect, url } = served();
  const asked = new Seen<Attempt>();
  const { seen, onStatus } = statuses();
  const addresses = [`${url}/room?refused=403`, `${url}/room?refused=403`, `${url}/room`];

  const address = (attempt: Attempt) => (asked.note(attempt), addresses[asked.values.length - 1]!);
  connect(address, { onStatus, confirm: "received" });

  await seen.until(2);
  expect(seen.values).toEqual([
    ["reconnecting", { code: 1006, reason: "", wasClean: false }],
    ["open", undefined],
  ]);
  expect(asked.values).toEqual([{ lastSeq: 0 }, { lastSeq: 0 }, { lastSeq: 0 }]);
});

test("an address that cannot be told yet is asked for again", async () => {
  const { connect, url } = served();
  let asked = 0;

  const room = connect(() => ((asked += 1) < 3 ? Promise.reject(new Error("No ticket.")) : new URL(`${url}/room`)));

  expect(await room.send({ type: "say", text: "at last" })).toEqual({ outcome: "handled" });
  expect(asked).toBe(3);
});

test("an address is not asked for once the connection is closed", async () => {
  const { connect, url, gate } = served();
  const { seen, onStatus } = statuses();
  const asked = new Seen<Attempt>();
  const address = (attempt: Attempt) => (asked.note(attempt), `${url}/room`);
  const early = connect(address, { signal: AbortSignal.abort() });
  const late = connect(address, { onStatus, backoff: { first: "1h", longest: "1h" } });
  await seen.until(1);
  gate.cut();
  await seen.until(2);

  late.close();

  await Promise.all([early.closed, late.closed]);
  await connect("/room").send({ type: "say", text: "time for an attempt to be made" });
  expect(asked.values).toEqual([{ lastSeq: 0 }]);
});

test("a server that does not answer a ping is left for another connection", async () => {
  const { connect, gate } = served();
  const { seen, onStatus } = statuses();
  const room = connect("/room", { onStatus, heartbeat: { interval: 5, patience: 100 } });
  await room.send({ type: "say", text: "hello" });

  gate.freeze();
  const unheard = room.send({ type: "say", text: "is anybody there?" });

  expect(await unheard).toEqual({ outcome: "uncertain" });
  await seen.until(3);
  expect(seen.values).toEqual([
    ["open", undefined],
    ["reconnecting", { code: 1006, reason: "The server did not answer a ping.", wasClean: false }],
    ["open", undefined],
  ]);
});

test("an object that sleeps answers pings without waking", async () => {
  const { connect, object } = served();
  const pongs = new Seen<unknown>();
  const room = connect("/room", { heartbeat: { interval: 1, patience: 5_000 }, WebSocket: watched(pongs) });
  await room.send({ type: "say", text: "hello" });
  await object.evict();

  await pongs.until(pongs.values.length + 3);

  // The second wake is the question itself.
  expect(await object.call("woken")).toEqual({ value: 2 });
});

test("what was missed is asked for before what waits is sent", async () => {
  const { connect, gate } = served();
  const { seen, onStatus } = statuses();
  const resume = (seq: number) => ({ type: "resume", seq }) as const;
  const frames = new Seen<unknown>();
  const room = connect("/room", { onStatus, resume, WebSocket: watched(new Seen(), frames) });
  await seen.until(1);
  gate.cut();
  await seen.until(2);

  await room.send({ type: "say", text: "waits" });

  expect(frames.values).toEqual([
    expect.stringContaining('{"type":"resume","seq":0,'),
    expect.stringContaining('{"type":"say","text":"waits",'),
  ]);
});

test("what is sent while the connection is closing leaves once, with the next one", async () => {
  const { connect, log } = served();
  const { seen, onStatus } = statuses();
  const sockets = new Seen<WebSocket>();
  const room = connect("/room", { onStatus, WebSocket: watched(new Seen(), new Seen(), sockets) });
  await seen.until(1);

  sockets.values[0]!.close(4500);
  expect(await room.send({ type: "say", text: "once" })).toEqual({ outcome: "handled" });
  await room.send({ type: "say", text: "twice" });

  expect(await log()).toEqual(["once", "twice"]);
});

test("a connection whose close is never answered is left for another", async () => {
  const { connect, gate } = served();
  const { seen, onStatus } = statuses();
  const sockets = new Seen<WebSocket>();
  const heartbeat = { interval: 5, patience: 100 };
  connect("/room", { onStatus, heartbeat, WebSocket: watched(new Seen(), new Seen(), sockets) });
  await seen.until(1);

  gate.freeze();
  sockets.values[0]!.close();

  await seen.until(3);
  expect(seen.values.map(([status]) => status)).toEqual(["open", "reconnecting", "open"]);
});

test("`reconnect` may give up a connection whose close is never answered", async () => {
  const { connect, url, gate } = served();
  const { seen, onStatus } = statuses();
  const [asked, sockets] = [new Seen<Attempt>(), new Seen<WebSocket>()];
  const address = (attempt: Attempt) => (asked.note(attempt), `${url}/room`);
  const options = { heartbeat: { interval: 5, patience: 100 }, WebSocket: watched(new Seen(), new Seen(), sockets) };
  const room = connect(address, { ...options, onStatus, reconnect: () => false });
  await seen.until(1);

  gate.freeze();
  sockets.values[0]!.close();

  expect(await room.closed).toMatchObject({ code: 1006 });
  await connect("/room").send({ type: "say", text: "time for an attempt to be made" });
  expect(asked.values).toEqual([{ lastSeq: 0 }]);
});

test("a signal closes it for good", async () => {
  const { connect } = served();
  const [early, late] = [new AbortController(), new AbortController()];
  early.abort();
  const { seen, onStatus } = statuses();

  const never = connect("/room", { signal: early.signal });
  const open = connect("/room", { signal: late.signal, onStatus });
  await seen.until(1);
  late.abort();

  expect(await never.closed).toEqual({ code: 1000, reason: "", wasClean: true });
  expect(await open.closed).toEqual({ code: 1000, reason: "", wasClean: true });
  expect(seen.values.map(([status]) => status)).toEqual(["open", "closed"]);
});

test.for([
  [1001, "", "1001 is no code to send"],
  [2999, "", "2999 is no code to send"],
  [5000, "", "5000 is no code to send"],
  [4000, "é".repeat(62), "the reason has 124 bytes"],
] as const)("close(%i, %j) throws and closes nothing", ([code, reason, message]) => {
  const room = served().connect("/room");

  expect(() => room.close(code, reason)).toThrow(message);
  expect(room.status).toBe("connecting");
});

test("a time that is none is refused where it is written", () => {
  const { connect } = served();

  expect(() => connect("/room", { backoff: { first: 0 } })).toThrow("backoff.first: 0 is no time to wait");
  // @ts-expect-error -- a unit is missing
  expect(() => connect("/room", { heartbeat: { interval: "30" } })).toThrow('Write milliseconds, or "30s"');
});
