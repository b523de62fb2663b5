import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workerd } from "../../support/workerd.ts";
import { watched } from "./watched.ts";

// What workerd 2026-10-23 does with hibernating sockets.
describe.each(["2026-03-30", "2026-10-01"])("at compatibility date %s", (compatibilityDate) => {
  let server: Workerd;

  beforeAll(async () => {
    const fixture = new URL("../fixtures/platform-sockets.ts", import.meta.url);
    server = await Workerd.serve({ fixture, classes: ["ByHand", "Unanswering"], compatibilityDate });
  });
  afterAll(() => server?.end());

  test.for([1005, 1006, 1015, 999, 5000])("the code %i cannot be sent", async (code) => {
    const { socket } = await watched(server.object("ByHand"));

    socket.send(`close ${code}`);
    await socket.until(1);

    expect(socket.received).toEqual([`InvalidAccessError: Invalid WebSocket close code: ${code}.`]);
  });

  test.for([1016, 2999])("the code %i is sent, and the client fails the connection for it", async (code) => {
    const { socket } = await watched(server.object("ByHand"));

    socket.send(`close ${code}`);

    expect(await socket.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  });

  test("a reason is measured in bytes: 123 of them are sent, 62 letters of two bytes are not", async () => {
    const { socket } = await watched(server.object("ByHand"));

    for (const reason of ["é".repeat(62), "x".repeat(123)]) socket.send(`close 1000 ${reason}`);

    expect(await socket.closed).toMatchObject({ code: 1000, reason: "x".repeat(123) });
    const thrown = "SyntaxError: WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.";
    expect(socket.received).toEqual([thrown]);
  });

  test("ping is answered without waking the object, and nothing but the exact text", async () => {
    const { object, socket } = await watched(server.object("ByHand"));
    await object.evict();

    socket.send("ping");
    await socket.until(1);
    await object.evict().then(({ error }) => expect(error).toBeDefined());

    expect(await object.call("wakes")).toEqual({ value: 2 });
    socket.send("echo ping");
    await socket.until(2);
    expect(socket.received).toEqual(["pong", "echo ping"]);
  });

  test("an attachment is a copy that survives hibernation, of at most 16,384 bytes", async () => {
    const { object, socket } = await watched(server.object("ByHand"));

    for (const command of ["mutate", "throw", "attach 16380"]) socket.send(command);
    await socket.until(1);
    await object.evict();
    socket.send("attached");
    await socket.until(2);

    expect(socket.received[0]).toMatch("A WebSocket 'attachment' cannot be larger than 16384 bytes.");
    expect(JSON.parse(socket.received[1]!)).toEqual([{ kept: true }, ["other"]]);
  });

  test("a client that asks for a subprotocol fails when none is chosen", async () => {
    const object = server.object("ByHand");

    expect((await object.connect("/", ["chat"])).protocol).toBe("chat");
    await expect(object.connect("/?mute", ["chat"])).rejects.toThrow("no socket at");
  });

  test("a killed process is 1006 for its clients, and no close event for the objects", async () => {
    const { object, socket } = await watched(server.object("ByHand"));

    await server.restart();

    expect(await socket.closed).toEqual({ code: 1006, reason: "", wasClean: false });
    expect(await object.call("listed")).toEqual({ value: [] });
  });
});
