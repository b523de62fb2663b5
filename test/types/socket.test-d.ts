import { expectTypeOf, test } from "vitest";
import * as v from "valibot";
import { z } from "zod";
import {
  type Frozen,
  type InvalidMessage,
  type InvalidMessageHook,
  Loom,
  LoomDO,
  type LoomRequestContext,
  type LoomSocket,
  OnSocketClose,
  OnSocketError,
  OnSocketMessage,
  OnSocketOpen,
  type SocketEnd,
  type UncheckedMessage,
  WebSocketManager,
} from "../../src/index.ts";

interface Env {
  readonly ORIGIN: string;
}

interface Member {
  readonly name: string;
  readonly seen: string[];
}

const Typing = z.object({ type: z.literal("typing"), at: z.coerce.number() });
const Moved = v.object({ type: v.literal("moved"), x: v.number() });

/** What compiles. */
export class Chat extends LoomDO<unknown, Env> {
  @OnSocketOpen bare(socket: LoomSocket, ctx: LoomRequestContext<"/*">) {
    expectTypeOf(socket.state).toBeUnknown();
    expectTypeOf(ctx.params).toEqualTypeOf<{}>();
  }

  @OnSocketOpen() called() {}

  @OnSocketOpen("/rooms/:room", {
    tags: ({ params }) => [params.room],
    maxMessage: 10,
    rate: { messages: 1, per: "1s" },
    protocol: "chat",
  })
  join(socket: LoomSocket<Member>, { params }: LoomRequestContext<"/rooms/:room">) {
    expectTypeOf(params.room).toBeString();
    expectTypeOf(socket.state).toEqualTypeOf<Frozen<Member>>();
    expectTypeOf(socket.tags).toEqualTypeOf<readonly string[]>();
    socket.state = { name: params.room, seen: [] };
    socket.state = { ...socket.state, name: "b" };
    // @ts-expect-error -- a state of another type
    socket.state = { name: 1 };
    // @ts-expect-error -- a state changes by assigning another
    socket.state.name = "c";
    // @ts-expect-error -- all the way down
    socket.state.seen.push("d");
    // @ts-expect-error -- an id is the object's
    socket.id = "mine";
    // @ts-expect-error -- tags are fixed when the socket is accepted
    socket.tags.push("late");
    // @ts-expect-error -- neither text, nor bytes, nor an object
    socket.send(1);
    return new Response(null, { status: 403 });
  }

  @OnSocketMessage all(_socket: LoomSocket, message: string | ArrayBuffer) {
    expectTypeOf(message).toEqualTypeOf<string | ArrayBuffer>();
  }

  @OnSocketMessage() rest(_socket: LoomSocket) {}

  @OnSocketMessage("unchecked") unchecked(_socket: LoomSocket, message: UncheckedMessage<"unchecked">) {
    expectTypeOf(message.type).toEqualTypeOf<"unchecked">();
    expectTypeOf(message["anything"]).toBeUnknown();
  }

  @OnSocketMessage("typing", Typing) async typing(socket: LoomSocket<Member>, message: z.infer<typeof Typing>) {
    this.sockets.broadcast({ ...message, name: socket.state.name }, { except: socket });
  }

  @OnSocketMessage("moved", Moved) moved(_socket: LoomSocket, { x }: { readonly x: number }) {
    expectTypeOf(x).toBeNumber();
  }

  @OnSocketClose left(_socket: LoomSocket<Member>, { code, reason, wasClean }: SocketEnd) {
    expectTypeOf([code, reason, wasClean]).toEqualTypeOf<(string | number | boolean)[]>();
  }

  @OnSocketClose() leftCalled() {}

  @OnSocketError failed(_socket: LoomSocket, _error: unknown) {}

  @OnSocketError() failedCalled() {}

  tools(request: Request): Response {
    expectTypeOf(this.sockets.getConnections("tag")).toEqualTypeOf<LoomSocket[]>();
    expectTypeOf(this.sockets.getConnections<Member>("tag")).toEqualTypeOf<LoomSocket<Member>[]>();
    expectTypeOf(this.sockets.getConnections({ path: "/a" })).toEqualTypeOf<LoomSocket[]>();
    expectTypeOf(this.sockets.broadcast("x", { tag: "a" })).toBeNumber();
    expectTypeOf(this.sockets.get("id")).toEqualTypeOf<LoomSocket | undefined>();
    // @ts-expect-error -- sockets always hibernate
    this.sockets.accept(request, { hibernation: false });
    // @ts-expect-error -- tags are one of the options
    this.sockets.accept(request, ["tag"]);
    return this.sockets.accept(request, {
      state: { n: 1 },
      onOpen: ({ state }) => expectTypeOf(state).toEqualTypeOf<{ readonly n: number }>(),
    });
  }
}

/** What does not. */
export class Wrong extends LoomDO {
  // @ts-expect-error -- the path has no such parameter
  @OnSocketOpen("/rooms/:room") a(_socket: LoomSocket, _ctx: LoomRequestContext<"/rooms/:id">) {}

  // @ts-expect-error -- a path starts with a slash
  @OnSocketOpen("rooms") b() {}

  // @ts-expect-error -- tags know the parameters of the path
  @OnSocketOpen("/rooms/:room", { tags: ({ params }) => [params.id] }) c() {}

  // @ts-expect-error -- the schema makes a number of `at`
  @OnSocketMessage("typing", Typing) d(_socket: LoomSocket, _message: { readonly at: string }) {}

  // @ts-expect-error -- no schema has checked `at`
  @OnSocketMessage("typing") e(_socket: LoomSocket, _message: { readonly at: number }) {}

  // @ts-expect-error -- a message may be binary
  @OnSocketMessage f(_socket: LoomSocket, _message: string) {}

  // @ts-expect-error -- no schema
  @OnSocketMessage("typing", {}) g() {}

  // @ts-expect-error -- an end is no code
  @OnSocketClose h(_socket: LoomSocket, _code: number) {}

  // @ts-expect-error -- an error may be anything
  @OnSocketError i(_socket: LoomSocket, _error: Error) {}

  // @ts-expect-error -- static members belong to no object
  @OnSocketOpen static j() {}
}

export class Plain {
  // @ts-expect-error -- the class does not extend LoomDO
  @OnSocketOpen a() {}
}

expectTypeOf(WebSocketManager).toBeConstructibleWith({} as DurableObjectState);

test("an invalidMessage hook makes an object, or nothing", () => {
  Loom({ invalidMessage: ({ code, issues, error }, socket) => ({ code, issues, text: error.message, to: socket.id }) });
  Loom({ invalidMessage: () => undefined });
  Loom({ invalidMessage: async () => ({ type: "refused" }) });
  // @ts-expect-error a text is no frame
  Loom({ invalidMessage: () => "no" });
  expectTypeOf<InvalidMessageHook>().parameters.toEqualTypeOf<[InvalidMessage, LoomSocket]>();
});
