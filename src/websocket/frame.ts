import { checkSendable } from "../http/respond.ts";

/** What can be sent: text and bytes as they are, any other object as JSON. */
export type SocketMessage = string | object;

/** A message as the platform takes it. */
export type Frame = string | ArrayBuffer | ArrayBufferView;

/** `message` as it is sent. */
export function encode(message: SocketMessage): Frame {
  if (typeof message === "string" || message instanceof ArrayBuffer || ArrayBuffer.isView(message)) return message;
  checkSendable(message);
  const text = JSON.stringify(message) as string | undefined; // the library's type leaves out what a function gives
  if (text === undefined) throw new TypeError(`This ${typeof message} has no JSON form.`);
  return text;
}

/** The JSON value of a text; undefined for one that is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The `type` of a message that is a JSON object. */
export function typeOf(value: unknown): string | undefined {
  const type: unknown = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  return typeof type === "string" ? type : undefined;
}
