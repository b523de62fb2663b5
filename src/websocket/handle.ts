import { hooksOf } from "../object/hooks.ts";
import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { reciprocate } from "./close.ts";
import type { EndEntry, SocketTable } from "./declared.ts";
import { logFailure } from "./failure.ts";
import { inOrder } from "./lane.ts";
import { breachOf, limitsOf, sizeOf } from "./limits.ts";
import { receive } from "./receive.ts";
import { cutOff, isCut, markEnded } from "./liveness.ts";
import { socketOf } from "./known.ts";
import { attached, type LoomSocket } from "./socket.ts";

/** How a socket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** Hands a socket's message to what the class declares. */
export async function handleMessage(object: AnyLoomDO, socket: WebSocket, message: string | ArrayBuffer) {
  if (isCut(socket)) return;
  const { ctx, log } = toolsOf(object);
  const own = socketOf(socket, ctx);
  const limits = limitsOf(own[attached], tableOf(object));
  const breach = limits && breachOf(socket, message, limits);
  if (breach) {
    const { def, code } = breach;
    log.loomError(def, { socket: own.id, path: own.pattern });
    cutOff(socket, code, `${def.code}: ${def.userMessage}`);
    return;
  }
  await inOrder(socket, { bytes: sizeOf(message), run: () => receive(object, own, message) });
}

/** Hands a socket's end to what the class declares. */
export async function handleClose(object: AnyLoomDO, socket: WebSocket, end: SocketEnd) {
  const isFirst = markEnded(socket);
  reciprocate(socket, end);
  if (isFirst) await finish(object, socket, end);
}

/** Hands a socket's failure to what the class declares, and then its end: the platform reports no other. */
export async function handleError(object: AnyLoomDO, socket: WebSocket, error: unknown) {
  // What fails while a socket is going down is part of going down. A socket that fails by itself arrives as CLOSING, so
  // that its state alone does not tell (workerd 2026-10-23).
  const isExpected = isCut(socket) || socket.readyState === WebSocket.CLOSED;
  if (!markEnded(socket)) return;
  if (!isExpected) await run(object, socket, { name: "error", args: [error] });
  await finish(object, socket, { code: 1006, reason: "", wasClean: false });
}

function finish(object: AnyLoomDO, socket: WebSocket, end: SocketEnd): Promise<void> {
  return run(object, socket, { name: "close", args: [end] });
}

interface Report {
  readonly name: "close" | "error";
  readonly args: readonly [SocketEnd] | readonly [unknown];
}

/** Runs the method and the hook for the end or the failure of a socket, after the messages that came before. */
async function run(object: AnyLoomDO, socket: WebSocket, report: Report): Promise<void> {
  const entry = tableOf(object)?.[report.name];
  const hook = hookFor(object, socket, report);
  const own = socketOf(socket, toolsOf(object).ctx);
  if (!entry && !hook) return noteUnheard(object, own, report);
  // The platform may have forgotten the socket by the time that its earlier messages are done.
  void (own[attached] && own.tags);
  const heard = async () => {
    await attempt(object, own, entry && (() => call(object, entry, [own, ...report.args])));
    await attempt(object, own, hook);
  };
  await inOrder(socket, { bytes: 0, run: heard });
}

function call(object: AnyLoomDO, entry: EndEntry, args: readonly unknown[]): unknown {
  return entry.handlerOf(object).apply(object, [...args]);
}

function hookFor(object: AnyLoomDO, socket: WebSocket, { name, args }: Report): (() => unknown) | undefined {
  const hooks = hooksOf(object);
  if (name === "error") return hooks.onWebSocketError && (() => hooks.onWebSocketError?.(socket, args[0]));
  const { code, reason, wasClean } = args[0] as SocketEnd; // what a report of this name holds
  return hooks.onWebSocketClose && (() => hooks.onWebSocketClose?.(socket, code, reason, wasClean));
}

function noteUnheard(object: AnyLoomDO, own: LoomSocket, { name, args }: Report): void {
  if (name === "error") toolsOf(object).log.warn("A socket failed.", { socket: own.id, error: args[0] });
}

async function attempt(object: AnyLoomDO, own: LoomSocket, work: (() => unknown) | undefined): Promise<void> {
  if (!work) return;
  try {
    await object[internals].start.enter();
    await work();
  } catch (error) {
    logFailure(object, own, error);
  }
}

function tableOf(object: AnyLoomDO): SocketTable | undefined {
  return object[internals].blueprint.sockets;
}
