import { LOOM_ERRORS } from "./catalogue.ts";
import { pathOf } from "./http/path.ts";
import { errorResponse, upgradeRequired } from "./http/respond.ts";
import { answerToNobody, isUpgrade } from "./http/upgrade.ts";
import { LoomLogger } from "./logger.ts";
import { toolsOf } from "./object/tools.ts";
import type { AnyLoomDO } from "./types.ts";
import { checkAccept, limitsIn } from "./websocket/accept-options.ts";
import { acceptFailed, Candidate } from "./websocket/candidate.ts";
import { checkCode } from "./websocket/close.ts";
import { encode, type SocketMessage } from "./websocket/frame.ts";
import { cutOff, isOpen } from "./websocket/liveness.ts";
import type { BroadcastOptions, SocketAcceptOptions, SocketSelection } from "./websocket/options.ts";
import { protocolOf } from "./websocket/protocol.ts";
import { excluded, selects } from "./websocket/selection.ts";
import { socketOf } from "./websocket/known.ts";
import { type AnyLoomSocket, LoomSocket } from "./websocket/socket.ts";
import { tagsOf } from "./websocket/tags.ts";

export type { SocketMessage } from "./websocket/frame.ts";
export type { SocketEnd } from "./websocket/handle.ts";
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

  /** Accepts an upgrade by hand, in a route: the response that does it; 426 for a request that is none. */
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
    try {
      candidate.accept();
    } catch (cause) {
      return this.#refuse(cause);
    }
    onOpen?.(candidate.own as LoomSocket<State>); // made with a state of this type
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
    const chosen = typeof selection === "string" ? { tag: selection } : selection;
    const isSelected = selects(chosen);
    const open = this.#ctx.getWebSockets(chosen.tag).filter(isOpen);
    const found = open.map((socket) => this.of<State>(socket));
    return isSelected === undefined ? found : found.filter(isSelected);
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
    else for (const socket of this.getConnections(target)) socket.close(code, reason);
  }

  #drop(socket: WebSocket, cause: unknown): void {
    const { id, pattern } = this.of(socket);
    this.#logger.loomError(LOOM_ERRORS.BROADCAST_FAILED, { socket: id, path: pattern, cause });
    cutOff(socket, 1011, LOOM_ERRORS.BROADCAST_FAILED.code);
  }

  #refuse(cause: unknown): Response {
    const error = acceptFailed(this.#ctx, cause);
    this.#logger.loomError(error.def, { problem: error.message, cause });
    return errorResponse(error);
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
