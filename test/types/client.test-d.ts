import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  connectLoom,
  type Delivery,
  type ErrorMessage,
  type Lost,
  type LoomConnection,
  type Outgoing,
} from "../../src/client/index.ts";

interface Said {
  readonly type: "said";
  readonly text: string;
}

interface Left {
  readonly type: "left";
  readonly name: string;
}

interface Room {
  readonly incoming: Said | Left;
  readonly outgoing: { readonly type: "say"; readonly text: string } | { readonly type: "leave" };
}

/** Messages declared as types. */
export function declared(): void {
  const room = connectLoom<Room>("wss://example.com", {
    resume: () => ({ type: "leave" }),
    onLost: (lost) => expectTypeOf(lost).toEqualTypeOf<readonly Lost<Outgoing<Room>>[]>(),
  });
  expectTypeOf(room).toEqualTypeOf<LoomConnection<Room>>();
  expectTypeOf(room.send({ type: "say", text: "a" })).toEqualTypeOf<Promise<Delivery>>();
  room.send("text");
  room.send(new Uint8Array(1));
  room.on("said", (message) => expectTypeOf(message).toEqualTypeOf<Said>());
  room.on("error", (message) => expectTypeOf(message).toEqualTypeOf<ErrorMessage>());
  // @ts-expect-error -- nobody sends this
  room.on("moved", () => {});
  // @ts-expect-error -- nobody takes this
  room.send({ type: "shout" });
  // @ts-expect-error -- a text is missing
  room.send({ type: "say" });
  // @ts-expect-error -- a status is read
  room.status = "open";
  connectLoom<Room>("wss://example.com", {
    // @ts-expect-error -- nobody takes this
    resume: () => ({ type: "resume" }),
  });
}

const messages = {
  incoming: {
    moved: z.object({ type: z.literal("moved"), at: z.coerce.date() }),
    left: z.object({ name: z.string() }),
  },
  outgoing: {
    move: z.object({ type: z.literal("move"), at: z.coerce.number<number | string>() }),
    leave: z.object({}),
  },
};

/** Messages declared as schemas: what arrives is what a schema makes, what is sent is what it takes. */
export function fromSchemas(): void {
  const room = connectLoom("wss://example.com", { messages });
  room.on("moved", ({ type, at }) => {
    expectTypeOf(type).toEqualTypeOf<"moved">();
    expectTypeOf(at).toEqualTypeOf<Date>();
  });
  room.on("left", ({ type, name }) => {
    expectTypeOf(type).toEqualTypeOf<"left">();
    expectTypeOf(name).toBeString();
  });
  room.send({ type: "move", at: "12" });
  room.send({ type: "leave" });
  // @ts-expect-error -- nobody takes a list
  room.send({ type: "move", at: [] });
  // @ts-expect-error -- nobody sends this
  room.on("move", () => {});
}

/** Messages that nobody has declared. */
export function undeclared(): void {
  const room = connectLoom(({ lastSeq }) => `wss://example.com?since=${lastSeq}`);
  room.send({ type: "anything", goes: 1 });
  room.on("anything", (message) => expectTypeOf(message["goes"]).toBeUnknown());
  room.on("error", ({ code }) => expectTypeOf(code).toBeString());
  // @ts-expect-error -- a message has a type
  room.send({ goes: 1 });
}

/** What became of a message. */
export function outcome(delivery: Delivery): string {
  if (delivery.outcome === "failed") return delivery.error.code;
  // @ts-expect-error -- only what is unsent has a reason
  if (delivery.outcome === "handled") return delivery.reason;
  return delivery.outcome === "unsent" ? delivery.reason : "";
}
