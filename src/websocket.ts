import { LOOM_ERRORS } from "./catalogue.ts";
import { pathOf } from "./http/path.ts";
import { upgradeRequired } from "./http/respond.ts";
import { answerToNobody, isUpgrade } from "./http/upgrade.ts";
import { LoomLogger } from "./logger.ts";
import { toolsOf } from "./object/tools.ts";
import type { AnyLoomDO } from "./types.ts";
import { noteAccepted } from "./websocket/accepted.ts";
import { Candidate } from "./websocket/candidate.ts";
import { checkCode, cutOff, isOpen } from "./websocket/close.ts";
import { encode, type SocketMessage } from "./websocket/frame.ts";
import { protocolOf, tagsOf } from "./websocket/handshake.ts";
import { socketOf } from "./websocket/known.ts";
import { checkAccept, limitsIn } from "./websocket/limits.ts";
import type { BroadcastOptions, SocketAcceptOptions, SocketSelection } from "./websocket/options.ts";
import { excluded, selects } from "./websocket/selection.ts";
import { type AnyLoomSocket, LoomSocket } from "./websocket/socket.ts";

export type { SocketMessage } from "./websocket/frame.ts";
export type { SocketEnd } from "./websocket/close.ts";
export type {
  BroadcastOptions,
  SocketAcceptOptions,
  SocketLimits,
  SocketOpenOptions,
  SocketRate,
  SocketSelection,
} from "./websocket/options.ts";
export type { LoomSocket } from "./websocket/socket.ts";

/**
 * The hibernating sockets of one object: all that are open, those accepted by hand included.
 *
 * @example
 * ```ts
 * this.sockets.broadcast({ type: "moved", by: socket.id }, { except: socket, tag: "room:7" });
 * ```
 */
export class WebSocketManager {
  readonly #ctx: DurableObjectState;
  #log: LoomLogger | undefined;

  constructor(ctx: DurableObjectState, { log }: { readonly log?: LoomLogger } = {}) {
    this.#ctx = ctx;
    this.#log = log;
  }

  /** How many sockets are open; one that is closing is none of them. */
  get count(): number {
    let open = 0;
    for (const socket of this.#ctx.getWebSockets()) if (isOpen(socket)) open += 1;
    return open;
  }

  /**
   * Accepts an upgrade by hand, in a route: the response that does it; 426 for a request that is none.
   *
   * The socket is open from here on. Return the response: a route of a LoomDO that answers without it closes the socket.
   */
  accept<State = unknown>(request: Request, options: SocketAcceptOptions<State> = {}): Response {
    const where = "sockets.accept";
    if (!isUpgrade(request)) return upgradeRequired();
    checkAccept(options, where);
    const unread = answerToNobody(request);
    if (unread) return unread;
    const { tags = [], state, protocol, onOpen } = options;
    const candidate = new Candidate(this.#ctx, {
      path: pathOf(request.url),
      limits: limitsIn(options),
      state,
      tags: tagsOf(tags, where),
      protocol: protocolOf(request, protocol),
    });
    const refused = candidate.accept(this.#logger);
    if (refused) return refused;
    candidate.greet(onOpen as ((socket: LoomSocket) => void) | undefined); // made with a state of this type
    noteAccepted(request, candidate);
    return candidate.respond();
  }

  /** Sends `message`, encoded once, to every open socket selected; how many it was handed to. */
  broadcast(message: SocketMessage, options: BroadcastOptions = {}): number {
    const frame = encode(message);
    const skips = excluded(options.except);
    const isSelected = selects(options);
    let sent = 0;
    for (const socket of this.#ctx.getWebSockets(options.tag)) {
      if (!isOpen(socket) || skips?.has(socket)) continue;
      if (isSelected !== undefined && !isSelected(this.of(socket))) continue;
      try {
        socket.send(frame);
        sent += 1;
      } catch (cause) {
        this.#drop(socket, cause);
      }
    }
    return sent;
  }

  /** The open sockets: all, those of a tag, or those selected. */
  getConnections<State = unknown>(selection: string | SocketSelection = {}): LoomSocket<State>[] {
    return this.#select<State>(typeof selection === "string" ? { tag: selection } : selection);
  }

  /** The open socket with this id. */
  get<State = unknown>(id: string): LoomSocket<State> | undefined {
    return this.getConnections<State>().find((socket) => socket.id === id);
  }

  /** The LoomSocket of one of the platform's, as hooks are given it. */
  of<State = unknown>(socket: WebSocket): LoomSocket<State> {
    return socketOf(socket, this.#ctx) as LoomSocket<State>; // what was assigned: the type is the caller's word for it
  }

  /** Closes one socket or all selected ones; what their clients still send is not handled. */
  close(target: AnyLoomSocket | WebSocket | SocketSelection, code = 1000, reason = ""): void {
    checkCode(code);
    if (target instanceof LoomSocket) target.close(code, reason);
    else if (target instanceof WebSocket) cutOff(target, code, reason);
    else for (const socket of this.#select(target)) socket.close(code, reason);
  }

  #drop(socket: WebSocket, cause: unknown): void {
    const { id, pattern } = this.of(socket);
    this.#logger.loomError(LOOM_ERRORS.BROADCAST_FAILED, { socket: id, path: pattern, cause });
    cutOff(socket, 1011, LOOM_ERRORS.BROADCAST_FAILED.code);
  }

  // No default: whoever closes the socket that was not found must not close them all.
  #select<State>(selection: SocketSelection): LoomSocket<State>[] {
    const isSelected = selects(selection);
    const open = this.#ctx.getWebSockets(selection.tag).filter(isOpen);
    const found = open.map((socket) => this.of<State>(socket));
    return isSelected === undefined ? found : found.filter(isSelected);
  }

  get #logger(): LoomLogger {
    return (this.#log ??= new LoomLogger("WebSocketManager", this.#ctx.id.toString()));
  }
}

/** The sockets of `object`. */
export function socketsFor(object: AnyLoomDO): WebSocketManager {
  const { ctx, log } = toolsOf(object);
  return new WebSocketManager(ctx, { log });
}
