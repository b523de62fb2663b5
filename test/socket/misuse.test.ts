import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { SocketCrowd } from "../fixtures/socket-manager.ts";
import { LoomDO, OnSocketClose, OnSocketError, OnSocketMessage, OnSocketOpen } from "../../src/index.ts";
import { blueprintOf } from "../../src/blueprint.ts";
import { objectOf } from "../support.ts";

test.for<[string, () => unknown, string]>([
  [
    "two methods for one path",
    () => {
      class Twice extends LoomDO {
        @OnSocketOpen("/a/:id") one() {}
        @OnSocketOpen("/a/:name") two() {}
      }
      return blueprintOf(Twice);
    },
    "@OnSocketOpen one (/a/:id) and @OnSocketOpen two (/a/:name) take the same upgrades. Remove one.",
  ],
  [
    "two methods for one type",
    () => {
      class Twice extends LoomDO {
        @OnSocketMessage("a") one() {}
        @OnSocketMessage("a") two() {}
      }
      return blueprintOf(Twice);
    },
    '@OnSocketMessage one ("a") and @OnSocketMessage two ("a") take the same messages. Remove one.',
  ],
  [
    "two methods for every other message",
    () => {
      class Twice extends LoomDO {
        @OnSocketMessage one() {}
        @OnSocketMessage() two() {}
      }
      return blueprintOf(Twice);
    },
    "@OnSocketMessage one (any other) and @OnSocketMessage two (any other) take the same messages. Remove one.",
  ],
  [
    "two methods for the end",
    () => {
      class Twice extends LoomDO {
        @OnSocketClose one() {}
        @OnSocketClose() two() {}
      }
      return blueprintOf(Twice);
    },
    "@OnSocketClose one and @OnSocketClose two take the same event. Remove one.",
  ],
  [
    "two methods for a failure",
    () => {
      class Twice extends LoomDO {
        @OnSocketError one() {}
        @OnSocketError two() {}
      }
      return blueprintOf(Twice);
    },
    "@OnSocketError one and @OnSocketError two take the same event. Remove one.",
  ],
  [
    "a path without its slash",
    () => {
      class Odd extends LoomDO {
        @OnSocketOpen("live" as "/live") open() {}
      }
      return Odd;
    },
    "@OnSocketOpen open (live): a path starts with a slash.",
  ],
  [
    "too many tags",
    () => {
      class Odd extends LoomDO {
        @OnSocketOpen("/live", { tags: Array.from({ length: 11 }, (_, at) => `${at}`) }) open() {}
      }
      return Odd;
    },
    "@OnSocketOpen open (/live): 11 tags are over the 10 of one socket. Keep the rest in `socket.state`.",
  ],
  [
    "a limit that is no number",
    () => {
      class Odd extends LoomDO {
        @OnSocketOpen("/live", { maxMessage: Number.NaN }) open() {}
      }
      return Odd;
    },
    "@OnSocketOpen open (/live): maxMessage is NaN. Write a number of bytes, or Infinity.",
  ],
  [
    "a rate that lets nothing through",
    () => {
      class Odd extends LoomDO {
        @OnSocketOpen("/live", { rate: { messages: 0, per: "1s" } }) open() {}
      }
      return Odd;
    },
    '@OnSocketOpen open (/live): no message fits the rate. Write `rate: { messages: 20, per: "1s" }`.',
  ],
  [
    "a schema that is none",
    () => {
      class Odd extends LoomDO {
        @OnSocketMessage("a", {} as never) a() {}
      }
      return Odd;
    },
    '@OnSocketMessage a ("a"): the second argument is no schema. Give it one of zod, valibot, arktype or the like.',
  ],
])("%s is refused in plain words", ([, define, message]) => {
  expect(define).toThrow(message);
});

test.for([OnSocketOpen, OnSocketMessage, OnSocketClose, OnSocketError])(
  "%o refuses a legacy compiler and a class that is no LoomDO",
  (decorator) => {
    const bare = decorator as unknown as (...given: unknown[]) => void;
    const called = (decorator as unknown as () => (...given: unknown[]) => void)();
    const place = { kind: "method", name: "m", static: true, metadata: {}, addInitializer: () => {} };

    expect(() => bare({}, "m", {})).toThrow("was compiled as a legacy decorator");
    expect(() => called({}, "m", {})).toThrow("was compiled as a legacy decorator");
    expect(() => bare(() => {}, place)).toThrow("static members belong to no object");
  },
);

test.for<[string, object, string]>([
  ["sockets that do not hibernate", { hibernation: false }, "keeps the object awake. Leave `hibernation` out."],
  ["tags as a list", ["tag"], "tags are one of its options. Write `{ tags: […] }`."],
  ["a limit that is no number", { maxMessage: Number.NaN }, "sockets.accept: maxMessage is NaN"],
  ["an empty tag", { tags: [""] }, "sockets.accept: a tag is empty. Leave it out."],
])("accept refuses %s", async ([, options, message]) => {
  await runInDurableObject(objectOf<SocketCrowd>("SocketCrowd"), ({ manager }, ctx) => {
    const request = new Request("https://object.test/", { headers: { Upgrade: "websocket" } });

    expect(() => manager.accept(request, options)).toThrow(message);
    expect(ctx.getWebSockets()).toEqual([]);
  });
});

test("the state of a socket that was accepted by hand is its owner's", async () => {
  await runInDurableObject(objectOf<SocketCrowd>("SocketCrowd"), ({ manager }, ctx) => {
    const { 1: server } = new WebSocketPair();
    ctx.acceptWebSocket(server);

    expect(() => (manager.of(server).state = 1)).toThrow(
      "accepted by hand. Accept it with `this.sockets.accept(request)`",
    );
    expect(server.deserializeAttachment()).toBeNull();
  });
});
