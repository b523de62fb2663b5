import { running } from "../object/context.ts";
import { deserialize, serialize } from "../storage/clone.ts";
import { bytesOf } from "../storage/bindings.ts";
import type { Close, End, Frame } from "./end.ts";

const maxAttachment = 16_384;
const maxReasonBytes = 123;
const illegal = new Set([1004, 1005, 1006, 1015]);

/** A WebSocket as workerd has them: one end of a `WebSocketPair`. */
export class MockSocket extends EventTarget {
  /** The end that it shows. */
  readonly end: End;
  readonly protocol = "";
  readonly extensions = "";
  readonly url = null;
  binaryType: "blob" | "arraybuffer" = "blob";
  #answersClose = true;

  constructor(end: End) {
    super();
    this.end = end;
  }

  get readyState(): number {
    return this.end.readyState;
  }

  /** Has what arrives dispatched as events, in the code that calls this; half open, it does not answer a close frame. */
  accept({ allowHalfOpen = false }: WebSocketAcceptOptions = {}): void {
    if (this.end.isTaken) throw new TypeError("Can't accept() WebSocket that was already used.");
    const wake = running.getStore()?.wake;
    this.#answersClose = !allowHalfOpen;
    this.end.clock ??= wake?.home.clock;
    this.end.gate = () => wake?.home.disk.settling;
    this.end.open((frame) => {
      const show = () => this.#show(frame);
      if (wake) wake.inside(show);
      else show();
    });
  }

  send(message: string | ArrayBuffer | ArrayBufferView): void {
    const bytes = bytesOf(message);
    this.end.send(bytes ? (bytes.buffer as ArrayBuffer) : String(message as string));
  }

  close(code?: number, reason?: string): void {
    this.end.close(...checked(code, reason));
  }

  serializeAttachment(value: unknown): void {
    const bytes = serialize(value);
    if (bytes.byteLength > maxAttachment) {
      const size = `The attachment was ${bytes.byteLength} bytes.`;
      throw new Error(`A WebSocket 'attachment' cannot be larger than ${maxAttachment} bytes. ${size}`);
    }
    this.end.attachment = bytes;
  }

  deserializeAttachment(): unknown {
    return this.end.attachment ? deserialize(this.end.attachment) : null;
  }

  #show(frame: Frame): void {
    if ("close" in frame) return this.#showClose(frame.close);
    if ("error" in frame) return void this.dispatchEvent(Object.assign(new Event("error"), { error: frame.error }));
    const { message } = frame;
    const isBlob = typeof message !== "string" && this.binaryType === "blob";
    this.dispatchEvent(Object.assign(new Event("message"), { data: isBlob ? new Blob([message]) : message }));
  }

  /** A socket that listens to events answers a close frame by itself (compat date 2026-04-07). */
  #showClose(close: Close): void {
    if (!close.wasClean) this.end.readyState = 3;
    else if (this.readyState === 2 && this.#answersClose) this.end.close(close.code, close.reason);
    this.dispatchEvent(Object.assign(new Event("close"), close));
  }
}

/** The code and the reason of a close frame, if they may be sent. */
function checked(code: number | undefined, reason = ""): [number, string] {
  if (code === undefined && reason === "") return [1005, ""];
  if (code === undefined) {
    throw new TypeError("If you specify a WebSocket close reason, you must also specify a code.");
  }
  if (code < 1000 || code > 4999 || illegal.has(code)) {
    throw new DOMException(`Invalid WebSocket close code: ${code}.`, "InvalidAccessError");
  }
  if (new TextEncoder().encode(reason).byteLength > maxReasonBytes) {
    throw new DOMException("The WebSocket close reason is longer than 123 bytes.", "SyntaxError");
  }
  return [code, reason];
}
