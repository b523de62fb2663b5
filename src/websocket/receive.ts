import { LOOM_ERRORS } from "../catalogue.ts";
import { plainIssue } from "../http/validate.ts";
import { hooksOf } from "../object/hooks.ts";
import { internals } from "../object/internals.ts";
import type { AnyLoomDO } from "../types.ts";
import { BadMessage, refusalOf } from "./bad-message.ts";
import type { MessageEntry } from "./declared.ts";
import { isCut } from "./close.ts";
import { parsed, typeOf } from "./frame.ts";
import { unnumbered } from "./numbered.ts";
import { frameOf, isClients, logEvent, logFailure } from "./report.ts";
import { type LoomSocket, raw } from "./socket.ts";

/** Hands one message to its handler; never fails: the client is told, or the log. */
export async function receive(object: AnyLoomDO, own: LoomSocket, message: string | ArrayBuffer): Promise<void> {
  const { text, number } = numberedFor(own, message);
  const started = Date.now();
  try {
    await object[internals].start.enter();
    // An earlier message may have been answered by closing the socket.
    if (isCut(own[raw])) return;
    await deliver(object, own, text);
    if (number !== undefined) answer(object, own, { type: "loom:handled", n: number });
    logEvent(object, own, { method: "MESSAGE", status: "ok", started });
  } catch (error) {
    await refuse(object, own, { error, number, started });
  }
}

/** Answers a message that is too large to be looked at, in its turn. */
export async function receiveTooLarge(object: AnyLoomDO, own: LoomSocket, message: string | ArrayBuffer) {
  if (isCut(own[raw])) return;
  const { number } = numberedFor(own, message);
  await refuse(object, own, { error: new BadMessage(LOOM_ERRORS.FRAME_TOO_LARGE), number, started: Date.now() });
}

/** A message that came to nothing, and why. */
interface RefusedMessage {
  readonly error: unknown;
  /** The number that its sender gave it. */
  readonly number: number | undefined;
  readonly started: number;
}

/** Tells the sender why its message came to nothing, and the log if that is not the sender's doing. */
async function refuse(object: AnyLoomDO, own: LoomSocket, { error, number, started }: RefusedMessage): Promise<void> {
  if (!isClients(error)) logFailure(object, own, error);
  const refused = frameOf(error);
  // Whoever numbers its messages knows Loom's words, and waits for them.
  const told = number === undefined ? await refusalOf(object, own, error) : { ...refused, "loom:n": number };
  if (told) answer(object, own, told);
  logEvent(object, own, { method: "MESSAGE", status: refused.code, started });
}

function deliver(object: AnyLoomDO, own: LoomSocket, message: string | ArrayBuffer): unknown {
  const { sockets } = object[internals].blueprint;
  const isTyped = sockets !== undefined && sockets.messages.size > 0;
  const value = isTyped && typeof message === "string" ? parsed(message) : undefined;
  const type = typeOf(value);
  const entry = type === undefined ? undefined : sockets?.messages.get(type);
  if (entry) return handleTyped(object, own, { entry, value });
  const { others } = sockets ?? {};
  if (others) return others.handlerOf(object).call(object, own, message);
  const hooks = hooksOf(object);
  if (hooks.onWebSocketMessage) return hooks.onWebSocketMessage(own[raw], message);
  // A class that declares nothing about sockets has no protocol that a message could break.
  if (!sockets) return undefined;
  throw new BadMessage(isTyped && value === undefined ? LOOM_ERRORS.FRAME_NOT_JSON : LOOM_ERRORS.UNKNOWN_TYPE, type);
}

interface TypedMessage {
  readonly entry: MessageEntry;
  readonly value: unknown;
}

async function handleTyped(object: AnyLoomDO, own: LoomSocket, { entry, value }: TypedMessage): Promise<void> {
  const result = await entry.schema?.["~standard"].validate(value);
  if (result?.issues) throw new BadMessage(LOOM_ERRORS.INVALID_FRAME, entry.type, result.issues.map(plainIssue));
  await entry.handlerOf(object).call(object, own, result ? result.value : value);
}

/** A socket that was accepted by hand speaks a protocol that Loom does not know: its messages have no numbers. */
function numberedFor(own: LoomSocket, message: string | ArrayBuffer) {
  return typeof message === "string" && own.id !== "" ? unnumbered(message) : { text: message, number: undefined };
}

function answer(object: AnyLoomDO, own: LoomSocket, frame: object): void {
  if (own.id === "") return;
  try {
    own.send(frame);
  } catch (cause) {
    logFailure(object, own, cause);
  }
}
