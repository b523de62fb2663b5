import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { plainIssue } from "../http/validate.ts";
import { hooksOf } from "../object/hooks.ts";
import { internals } from "../object/internals.ts";
import type { AnyLoomDO, LoomErrorDef } from "../types.ts";
import type { MessageEntry } from "./declared.ts";
import { frameOf, isClients, logFailure } from "./failure.ts";
import { parseFrame, typeOf } from "./frame.ts";
import { isCut } from "./liveness.ts";
import { type LoomSocket, raw } from "./socket.ts";

/** Hands one message to its handler; never fails: the client is told, or the log. */
export async function receive(object: AnyLoomDO, own: LoomSocket, message: string | ArrayBuffer): Promise<void> {
  try {
    await object[internals].start.enter();
    // An earlier message may have been answered by closing the socket.
    if (isCut(own[raw])) return;
    await deliver(object, own, message);
  } catch (error) {
    if (!isClients(error)) logFailure(object, own, error);
    tell(object, own, error);
  }
}

function deliver(object: AnyLoomDO, own: LoomSocket, message: string | ArrayBuffer): unknown {
  const { sockets } = object[internals].blueprint;
  let problem: LoomErrorDef = LOOM_ERRORS.FRAME_NOT_JSON;
  if (sockets && sockets.messages.size > 0 && typeof message === "string") {
    const frame = parseFrame(message);
    const type = typeOf(frame?.value);
    const entry = type === undefined ? undefined : sockets.messages.get(type);
    if (entry) return handleTyped(object, own, { entry, value: frame?.value });
    if (frame) problem = LOOM_ERRORS.UNKNOWN_TYPE;
  }
  const { others } = sockets ?? {};
  if (others) return others.handlerOf(object).call(object, own, message);
  const hooks = hooksOf(object);
  if (hooks.onWebSocketMessage) return hooks.onWebSocketMessage(own[raw], message);
  // A class that declares nothing about sockets has no protocol that a message could break.
  if (sockets) throw new LoomError(sockets.messages.size > 0 ? problem : LOOM_ERRORS.UNKNOWN_TYPE);
  return undefined;
}

interface TypedMessage {
  readonly entry: MessageEntry;
  readonly value: unknown;
}

async function handleTyped(object: AnyLoomDO, own: LoomSocket, { entry, value }: TypedMessage): Promise<void> {
  await entry.handlerOf(object).call(object, own, entry.schema ? await checked(entry, value) : value);
}

async function checked({ schema }: MessageEntry, value: unknown): Promise<unknown> {
  const result = await schema!["~standard"].validate(value);
  if (!result.issues) return result.value;
  throw new LoomError(LOOM_ERRORS.INVALID_FRAME, { issues: result.issues.map(plainIssue) });
}

/** Answers the client; a socket that was accepted by hand speaks a protocol that Loom does not know. */
function tell(object: AnyLoomDO, own: LoomSocket, error: unknown): void {
  if (own.id === "") return;
  try {
    own.send(frameOf(error));
  } catch (cause) {
    logFailure(object, own, cause);
  }
}
