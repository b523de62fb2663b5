import { LOOM_ERRORS } from "../catalogue.ts";
import { hooksOf } from "../object/hooks.ts";
import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { AnyLoomDO } from "../types.ts";
import { cutOff, isCut, isUnopened, markEnded, reciprocate, type SocketEnd } from "./close.ts";
import type { SocketTable } from "./declared.ts";
import { socketOf } from "./known.ts";
import { inOrder } from "./lane.ts";
import { breachOf, limitsOf, sizeOf } from "./limits.ts";
import { receive, receiveTooLarge } from "./receive.ts";
import { logEvent, logFailure } from "./report.ts";
import { attached, type LoomSocket } from "./socket.ts";

/** Hands a socket's message to what the class declares. */
export async function handleMessage(object: AnyLoomDO, socket: WebSocket, message: string | ArrayBuffer) {
  if (isCut(socket)) return;
  const own = socketOf(socket, toolsOf(object).ctx);
  const limits = limitsOf(own[attached], tableOf(object));
  const breach = limits && breachOf(socket, message, limits);
  if (!breach) return inOrder(socket, { bytes: sizeOf(message), run: () => receive(object, own, message) });
  const { def, code } = breach;
  const isAnswered = def === LOOM_ERRORS.FRAME_TOO_LARGE && object[internals].blueprint.options.invalidMessage;
  if (isAnswered) return inOrder(socket, { bytes: 0, run: () => receiveTooLarge(object, own, message) });
  toolsOf(object).log.loomError(def, { socket: own.id, path: own.pattern });
  cutOff(socket, code, `${def.code}: ${def.userMessage}`);
}

/** Hands a socket's end to what the class declares. */
export async function handleClose(object: AnyLoomDO, socket: WebSocket, end: SocketEnd) {
  const isFirst = markEnded(socket);
  reciprocate(socket, end);
  if (isFirst && !isUnopened(socket)) await finish(object, socket, end);
}

/** Hands a socket's failure to what the class declares, and then its end: the platform reports no other. */
export async function handleError(object: AnyLoomDO, socket: WebSocket, error: unknown) {
  // What fails while a socket is going down is part of going down. A socket that fails by itself arrives as CLOSING, so
  // that its state alone does not tell (workerd 2026-10-23).
  const isExpected = isCut(socket) || socket.readyState === WebSocket.CLOSED;
  if (!markEnded(socket) || isUnopened(socket)) return;
  const hook = hooksOf(object).onWebSocketError?.bind(object, socket, error);
  if (!isExpected) await tell(object, socket, { name: "error", about: error, hook });
  await finish(object, socket, { code: 1006, reason: "", wasClean: false });
}

function finish(object: AnyLoomDO, socket: WebSocket, end: SocketEnd): Promise<void> {
  const hook = hooksOf(object).onWebSocketClose?.bind(object, socket, end.code, end.reason, end.wasClean);
  return tell(object, socket, { name: "close", about: end, hook });
}

interface Report {
  readonly name: "close" | "error";
  readonly about: unknown;
  readonly hook: (() => unknown) | undefined;
}

/** Runs the method and the hook for the end or the failure of a socket, after the messages that came before. */
async function tell(object: AnyLoomDO, socket: WebSocket, { name, about, hook }: Report): Promise<void> {
  const own = socketOf(socket, toolsOf(object).ctx);
  const entry = tableOf(object)?.[name];
  const started = Date.now();
  if (entry || hook) {
    // The platform may have forgotten the socket by the time that its earlier messages are done.
    void [own[attached], own.tags];
    const heard = async () => {
      await attempt(object, own, entry && (() => entry.handlerOf(object).call(object, own, about)));
      await attempt(object, own, hook);
    };
    await inOrder(socket, { bytes: 0, run: heard });
  } else if (name === "error") toolsOf(object).log.warn("A socket failed.", { socket: own.id, error: about });
  if (name === "close") logEvent(object, own, { method: "CLOSE", status: (about as SocketEnd).code, started });
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
