import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { errorResponse } from "../http/respond.ts";
import type { LoomLogger } from "../logger.ts";
import { fates, seal } from "./attachment.ts";
import type { SocketLimits } from "./options.ts";
import { markEnded } from "./close.ts";
import { newSocket } from "./known.ts";
import { type LoomSocket, release } from "./socket.ts";

const maxSockets = 32_768;
// The attachment has 16,384 bytes, most of them for the object's own state.
const maxPath = 1024;

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
    const { path, pattern, limits, state, tags } = plan;
    if (path.length > maxPath) throw new LoomError(LOOM_ERRORS.MALFORMED_PATH, { status: 414 });
    const { 0: client, 1: server } = new WebSocketPair();
    const params = Object.freeze({ ...plan.params });
    const attached = { id: crypto.randomUUID(), path, pattern, params, limits, state: undefined, fate: fates.alive };
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

  /** Has the platform take the socket, and sends what was sent before; the answer to the client if it does not. */
  accept(log: LoomLogger): Response | undefined {
    answerPings(this.#ctx);
    try {
      this.#ctx.acceptWebSocket(this.#server, [...this.#plan.tags]);
    } catch (cause) {
      return refusal(this.#ctx, log, cause);
    }
    this.own[release](true);
    return undefined;
  }

  /** Hands the accepted socket to `onOpen`; closes it if that fails. */
  greet(onOpen: ((socket: LoomSocket) => void) | undefined): void {
    try {
      onOpen?.(this.own);
    } catch (error) {
      // Nobody gets the client's end: the socket would be open, and listed, for ever.
      this.own.close(1011);
      throw error;
    } finally {
      if (!this.own.isOpen) seal(this.#server, fates.unopened);
    }
  }

  /** Lets the socket go: it was never one of the object's. */
  refuse(): void {
    markEnded(this.#server);
    this.own[release](false);
  }
}

/** The answer to a client whose socket the platform would not take. */
function refusal(ctx: DurableObjectState, log: LoomLogger, cause: unknown): Response {
  const isFull = ctx.getWebSockets().length >= maxSockets;
  const problem = isFull ? `The object has ${maxSockets} sockets, as many as it can.` : "The platform refused it.";
  log.loomError(LOOM_ERRORS.ACCEPT_FAILED, { problem, cause });
  return errorResponse(new LoomError(LOOM_ERRORS.ACCEPT_FAILED, { status: isFull ? 503 : 500 }));
}

/** Answers the text `ping` with `pong` without waking the object; a pair that the class has set stays. */
function answerPings(ctx: DurableObjectState): void {
  if (ctx.getWebSocketAutoResponse()) return;
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
}
