import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import type { SocketHooks } from "../fixtures/socket-hooks.ts";
import { objectOf } from "../support.ts";
import { upgrade } from "../support/client.ts";

test("the end of a socket that the object closed is heard of also if its client answers after an eviction", async () => {
  const stub = objectOf<SocketHooks>("SocketHooks");
  const client = (await upgrade(stub, "/managed/ada")).webSocket!;
  client.accept({ allowHalfOpen: true }); // answers only when it is told to
  await runInDurableObject(stub, (_, ctx) => ctx.getWebSockets().forEach((socket) => socket.close(4010, "off")));
  await evictDurableObject(stub);

  client.close(4010, "off");

  await runInDurableObject(stub, (object) =>
    vi.waitFor(() => expect(object.heard).toMatchObject([{ code: 4010, wasClean: true, open: 0 }])),
  );
});
