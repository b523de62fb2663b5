import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import type { SocketLimits } from "./options.ts";
import { markEnded } from "./liveness.ts";
import { newSocket } from "./known.ts";
import { type LoomSocket, release } from "./socket.ts";

const maxSockets = 32_768;

/** What is known of a socket before it is accepted. */
export interface Plan {
  readonly path: string;
  readonly pattern?: string | undefined;
  readonly params?: Readonly<Record<string, string>>;
  readonly limits?: SocketLimits | undefined;
  readonly state?: unknown;
  readonly tags: readonly string[];
  readonly protocol: string | undefined;
}

/** A socket that may still be refused: nothing is accepted until everybody has agreed. */
export class Candidate {
  /** The client's end. */
  readonly client: WebSocket;
  readonly own: LoomSocket;
  readonly #server: WebSocket;
  readonly #ctx: DurableObjectState;
  readonly #plan: Plan;

  constructor(ctx: DurableObjectState, plan: Plan) {
    const { 0: client, 1: server } = new WebSocketPair();
    const { path, pattern, params = {}, limits, state, tags } = plan;
    const attached = { id: crypto.randomUUID(), path, pattern, params: { ...params }, limits, state: undefined };
    this.client = client;
    this.#server = server;
    this.#ctx = ctx;
    this.#plan = plan;
    this.own = newSocket(server, ctx, { attached, tags });
    if (state !== undefined) this.own.state = state;
  }

  /** The answer that hands over the client's end. */
  respond(): Response {
    const { protocol } = this.#plan;
    const headers: HeadersInit = protocol === undefined ? {} : { "sec-websocket-protocol": protocol };
    return new Response(null, { status: 101, webSocket: this.client, headers });
  }

  /** Has the platform take the socket, and sends what was sent before. */
  accept(): void {
    answerPings(this.#ctx);
    this.#ctx.acceptWebSocket(this.#server, [...this.#plan.tags]);
    this.own[release](true);
  }

  /** Lets the socket go: it was never one of the object's. */
  refuse(): void {
    markEnded(this.#server);
    this.own[release](false);
  }
}

/** The error for a socket that the platform would not take. */
export function acceptFailed(ctx: DurableObjectState, cause: unknown): LoomError {
  const isFull = ctx.getWebSockets().length >= maxSockets;
  return new LoomError(LOOM_ERRORS.ACCEPT_FAILED, {
    message: isFull ? `The object has ${maxSockets} sockets, as many as it can.` : "The platform refused the socket.",
    status: isFull ? 503 : 500,
    cause,
  });
}

/** Answers the text `ping` with `pong` without waking the object; a pair that the class has set stays. */
function answerPings(ctx: DurableObjectState): void {
  if (ctx.getWebSocketAutoResponse()) return;
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
}
