import { describe, expect, test } from "vitest";
import { closePayload, OPCODE } from "../../support/frames.ts";
import { dates, servedAt } from "./served-at.ts";

describe.each(dates)("at compatibility date %s", (date) => {
  const served = servedAt(date, { file: "sockets-door.ts", classes: ["Door"] });

  test("an upgrade is answered with the handshake, and with what middleware adds to it", async () => {
    const client = await served().object("Door").connectRaw("/open");

    expect(client.head).toMatch(/^HTTP\/1.1 101 Switching Protocols\r\n/);
    expect(client.head).toMatch(/^sec-websocket-accept: ICX\+Yqv66kxgM0FcWaLWlFLwTAI=$/im);
    expect(client.head).toMatch(/^x-stamped: yes$/im);
    expect(client.head).not.toMatch(/^sec-websocket-protocol/im);
    expect((await client.until(2)).map(({ payload }) => `${payload}`)).toEqual(["first", '{"type":"second"}']);
    client.die();
  });

  test.for([
    [["v1", "v2"], "v2"],
    [["v0", "v1"], "v1"],
  ] as const)("of the subprotocols %j the first that the class speaks is agreed on", async ([asked, chosen]) => {
    const socket = await served().object("Door").connect("/open", asked);

    expect(socket.protocol).toBe(chosen);
  });

  test.for([
    ["/private", 401, "GROVE-LOOM-027"],
    ["/returned", 403, "GROVE-LOOM-028"],
    ["/broken", 500, "GROVE-LOOM-023"],
    ["/nowhere", 404, "GROVE-LOOM-020"],
  ] as const)(
    "an upgrade of %s is refused with %i and a body, and nothing was accepted",
    async ([path, status, code]) => {
      const object = served().object("Door");

      const client = await object.connectRaw(path, { connection: "Upgrade, close" });
      await client.gone;

      expect(client.head).toMatch(`HTTP/1.1 ${status} `);
      expect(JSON.parse(client.body)).toMatchObject({ error_code: code });
      expect(client.body).not.toMatch("secret");
      expect(await (await object.fetch("/count")).json()).toMatchObject({ count: 0, listed: 0 });
    },
  );

  test("a Response that is thrown is the answer, its headers too", async () => {
    const client = await served().object("Door").connectRaw("/thrown", { connection: "Upgrade, close" });
    await client.gone;

    expect(client.head).toMatch(/^HTTP\/1.1 503 /);
    expect(client.head).toMatch(/^retry-after: 9$/im);
    expect(client.body).toBe("full");
  });

  test("a client that asks why it is refused is told by a close, and keeps no object awake if it does not answer", async () => {
    const object = served().object("Door");
    const client = await object.connectRaw("/thrown", { "sec-websocket-protocol": "loom, loom.refusal" });

    const [told, closed] = await client.until(2);

    expect(client.head).toMatch(/^sec-websocket-protocol: loom.refusal$/im);
    expect(`${told!.payload}`).toBe(
      '{"type":"loom:refused","code":4503,"reason":"Service Unavailable","retryAfter":9}',
    );
    expect(closed).toEqual({ opcode: OPCODE.close, payload: closePayload(4503, "Service Unavailable") });
    expect(await (await object.fetch("/count")).json()).toMatchObject({ count: 0 });
    expect(await object.evict()).toEqual({ value: "evicted" });
    client.die();
  });

  test("a browser sees a refusal as a failed connection, and may come in with what was asked for", async () => {
    const object = served().object("Door");

    await expect(object.connect("/private")).rejects.toThrow("no socket at");
    const client = await object.connectRaw("/private", { authorization: "Bearer good" });

    expect(client.head).toMatch(/^HTTP\/1.1 101 /);
    client.die();
  });

  test("a plain request to a path of sockets is told to upgrade", async () => {
    const response = await served().object("Door").fetch("/open");

    expect(response.status).toBe(426);
    expect(await response.json()).toMatchObject({ error_code: "GROVE-LOOM-033" });
  });

  test("a socket closed while it was opened is accepted, then closed with that code", async () => {
    const object = served().object("Door");
    const client = await object.connectRaw("/late");

    expect(client.head).toMatch(/^HTTP\/1.1 101 /);
    expect((await client.until(1))[0]).toEqual({ opcode: OPCODE.close, payload: closePayload(4003, "not today") });
    expect(await (await object.fetch("/count")).json()).toMatchObject({ count: 0 });
    client.die();
  });

  // Trap 26: bytes reach a hibernating socket's handler as an ArrayBuffer at every date.
  test("text and bytes come back as what they were, after hibernation too", async () => {
    const object = served().object("Door");
    const client = await object.connectRaw("/private", { authorization: "Bearer good" });

    client.send(OPCODE.binary, Uint8Array.of(0, 255, 7));
    await client.until(1);
    await object.evict();
    client.send(OPCODE.binary, Uint8Array.of(1, 2));
    client.send(OPCODE.text, "text");

    const frames = (await client.until(3)).map(({ opcode, payload }) => [opcode, ...payload]);
    expect(frames).toEqual([
      [2, 0, 255, 7],
      [2, 1, 2],
      [1, ...Buffer.from("text")],
    ]);
    client.die();
  });
});
