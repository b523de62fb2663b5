import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as Y from "yjs";
import type { CollaborativeText } from "../../examples/collab/collaborative-text.ts";
import { frameOf, readFrame } from "../../examples/collab/frames.ts";
import { objectOf } from "../support.ts";
import { Client } from "../support/client.ts";

type Stub = DurableObjectStub<CollaborativeText>;

test("what one types the other sees, and the object keeps", async () => {
  const stub = objectOf<CollaborativeText>("CollaborativeText");
  const [ada, bob] = [await Writer.open(stub), await Writer.open(stub)];

  await ada.type(0, "Hello");
  await bob.read();
  await bob.type(5, ", world");

  expect([await ada.read(), await bob.read(), await textOf(stub)]).toEqual(Array(3).fill("Hello, world"));
});

test("nobody is sent what is their own", async () => {
  const stub = objectOf<CollaborativeText>("CollaborativeText");
  const ada = await Client.open(stub, "/edit");
  await ada.next();
  const doc = new Y.Doc();
  doc.getText("text").insert(0, "mine");

  ada.send(frameOf("update", Y.encodeStateAsUpdate(doc)).buffer);
  ada.send(frameOf("vector", Y.encodeStateVector(doc)).buffer);

  expect(readFrame(await ada.next())).toMatchObject({ kind: "answer" });
});

test("edits made apart are all there when their writers come back, in one order", async () => {
  const stub = objectOf<CollaborativeText>("CollaborativeText");
  const [ada, bob] = [await Writer.open(stub), await Writer.open(stub)];
  await ada.type(0, "[]");
  await bob.read();
  for (const writer of [ada, bob]) writer.leave();

  await ada.type(1, "ada");
  await bob.type(1, "bob");
  await evictDurableObject(stub);
  for (const writer of [bob, ada]) await writer.enter(stub);

  const text = await textOf(stub);
  expect(["[adabob]", "[bobada]"]).toContain(text);
  expect([await ada.read(), await bob.read()]).toEqual([text, text]);
});

test("whatever is typed, whoever is away and whenever the object sleeps, all end with the same", async () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constant("type" as const), fc.nat(2), fc.nat(), fc.string({ maxLength: 3 })) },
    { weight: 2, arbitrary: fc.tuple(fc.constant("away" as const), fc.nat(2)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("evict" as const)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("compact" as const)) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const stub = objectOf<CollaborativeText>("CollaborativeText");
      const writers = [await Writer.open(stub), await Writer.open(stub), await Writer.open(stub)];

      for (const [what, who, at, text] of steps) {
        if (what === "type") await writers[who]!.type(at % (writers[who]!.length + 1), text);
        if (what === "away") await writers[who]!.toggle(stub);
        if (what === "evict") await slept(stub);
        if (what === "compact") await runInDurableObject(stub, (object) => object.compact());
      }
      for (const writer of writers) await writer.enter(stub);

      const texts = [];
      for (const writer of writers) texts.push(await writer.read());
      expect(texts).toEqual(Array(3).fill(await textOf(stub)));
      for (const writer of writers) writer.leave();
    }),
    { numRuns: 20 },
  );
});

test("after a hundred edits an alarm puts one snapshot in their place", async () => {
  const stub = objectOf<CollaborativeText>("CollaborativeText");
  const ada = await Writer.open(stub);
  for (let at = 0; at < 100; at += 1) await ada.type(at, "x");
  await ada.read();
  const before = await rowsOf(stub);

  expect(await runDurableObjectAlarm(stub)).toBe(true);

  expect(before - (await rowsOf(stub))).toBeGreaterThan(98);
  await evictDurableObject(stub);
  expect(await textOf(stub)).toBe("x".repeat(100));
});

test("a snapshot over the size of a row is kept in pieces, and takes the place of the one before", async () => {
  const stub = objectOf<CollaborativeText>("CollaborativeText");
  const ada = await Writer.open(stub);
  for (const letter of "abc") await ada.type(0, letter.repeat(900_000));
  await ada.read();

  await runInDurableObject(stub, (object) => object.compact());
  await ada.type(0, "and then");
  await runInDurableObject(stub, (object) => object.compact());
  await evictDurableObject(stub);

  expect((await textOf(stub)).length).toBe(2_700_008);
});

test.for([
  ["a text", "hello"],
  ["nothing", new ArrayBuffer(0)],
  ["an unknown kind", Uint8Array.of(7, 1, 2).buffer],
  ["no update", frameOf("update", Uint8Array.of(255, 255, 3)).buffer],
  ["no vector", frameOf("vector", Uint8Array.of(255, 255, 255)).buffer],
] as const)("%s ends the connection of who sent it, and changes nothing", async ([_title, message]) => {
  const stub = objectOf<CollaborativeText>("CollaborativeText");
  const ada = await Writer.open(stub);
  await ada.type(0, "kept");
  await ada.read();
  const eve = await Client.open(stub, "/edit");
  await eve.next();

  eve.send(message);

  expect(await eve.next()).toMatchObject({ closed: 1007 });
  expect(await textOf(stub)).toBe("kept");
});

/** One who edits, by Yjs as the page does. */
class Writer {
  readonly #doc = new Y.Doc();
  #client: Client | undefined;

  constructor() {
    this.#doc.on("update", (update, origin) => origin === this || this.#client?.send(frameOf("update", update).buffer));
  }

  static async open(stub: Stub): Promise<Writer> {
    const writer = new Writer();
    await writer.enter(stub);
    return writer;
  }

  get length(): number {
    return this.#doc.getText("text").length;
  }

  async enter(stub: Stub): Promise<void> {
    this.#client ??= await Client.open(stub, "/edit");
    await this.#catchUp();
  }

  leave(): void {
    this.#client?.close(1000);
    this.#client = undefined;
  }

  async toggle(stub: Stub): Promise<void> {
    if (this.#client) this.leave();
    else await this.enter(stub);
  }

  async type(at: number, text: string): Promise<void> {
    this.#doc.getText("text").insert(at, text);
    await this.#catchUp();
  }

  async read(): Promise<string> {
    await this.#catchUp();
    return this.#doc.getText("text").toString();
  }

  /** Reads until the object has answered: by then it has what was sent before. */
  async #catchUp(): Promise<void> {
    const client = this.#client;
    client?.send(frameOf("vector", Y.encodeStateVector(this.#doc)).buffer);
    for (let kind: string | undefined; client && kind !== "answer";) {
      const frame = readFrame(await client.next())!;
      kind = frame.kind;
      if (kind !== "vector") Y.applyUpdate(this.#doc, frame.bytes, this);
      else client.send(frameOf("answer", Y.encodeStateAsUpdate(this.#doc, frame.bytes)).buffer);
    }
  }
}

async function textOf(stub: Stub): Promise<string> {
  return (await stub.fetch("https://object.test/text")).text();
}

/** Has it leave memory; one that is not there cannot. */
async function slept(stub: Stub): Promise<void> {
  await textOf(stub);
  await evictDurableObject(stub);
}

function rowsOf(stub: Stub): Promise<number> {
  return runInDurableObject(stub, (_object, { storage }) => [...storage.kv.list()].length);
}
