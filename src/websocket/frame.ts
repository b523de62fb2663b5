import { LOOM_ERRORS } from "../catalogue.ts";
import type { LoomError } from "../errors.ts";
import { checkSendable } from "../http/respond.ts";
import type { GroveErrorDef, Issue } from "../types.ts";

/** What can be sent: text and bytes as they are, any other object as JSON. */
export type SocketMessage = string | object;

/** A message as the platform takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView;

/** What a client is told of a message that could not be handled. */
export interface ErrorFrame {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly Issue[] | undefined;
}

/** `message` as it is sent. */
export function encode(message: SocketMessage): Frame {
  if (typeof message === "string" || message instanceof ArrayBuffer || ArrayBuffer.isView(message)) return message;
  checkSendable(message);
  const text = JSON.stringify(message) as string | undefined; // the library's type leaves out what a function gives
  if (text === undefined)
    throw new TypeError(`This ${typeof message} has no JSON form. Send text, bytes or an object.`);
  return text;
}

/** The frame for an error that the client may see. */
export function errorFrame({ def, issues }: LoomError): ErrorFrame {
  return { ...frameFor(def), issues };
}

/** The frame for an error of which the client sees nothing. */
export function brokenFrame(): ErrorFrame {
  return frameFor(LOOM_ERRORS.HANDLER_THREW);
}

function frameFor({ code, userMessage }: GroveErrorDef): ErrorFrame {
  return { type: "error", code, message: userMessage };
}

/** The JSON value of a text; undefined for one that is none. */
export function parseFrame(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The `type` of a message that is a JSON object. */
export function typeOf(value: unknown): string | undefined {
  const type: unknown = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  return typeof type === "string" ? type : undefined;
}
