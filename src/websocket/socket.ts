import { freezeDeep, freezeMeasured } from "../data/freeze.ts";
import { misuse } from "../errors.ts";
import { handOut, measureStorable } from "../persistence/storable.ts";
import type { Frozen } from "../types.ts";
import { type Attached, fates, readAttached, seal, writeAttached } from "./attachment.ts";
import { checkCode, cutOff, isOpen } from "./close.ts";
import { encode, type Frame, type SocketMessage } from "./frame.ts";
import { tagsIn } from "./handshake.ts";

/** What a socket is to do once it is accepted. */
interface Waiting {
  readonly frames: Frame[];
  end?: { readonly code: number; readonly reason: string };
}

/** A socket that is about to be accepted. */
export interface NewSocket {
  readonly attached: Attached;
  readonly tags: readonly string[];
}

/** A socket whatever its state: what handlers take, which say themselves what they put there. */
// `any`: a state of any type fits.
export type AnyLoomSocket = LoomSocket<any>;

/** The platform's end of a LoomSocket. */
export const raw: unique symbol = Symbol("loom.raw");
/** Says whether the socket was accepted: what was sent before leaves, or is dropped. */
export const release: unique symbol = Symbol("loom.release");
/** What the platform keeps of it, read once a wake; undefined for one that was accepted by hand. */
export const attached: unique symbol = Symbol("loom.attached");

/**
 * One WebSocket of an object, the same for as long as it is connected: what it holds survives hibernation.
 *
 * @example
 * ```ts
 * @OnSocketMessage("rename", Rename)
 * rename(socket: LoomSocket<{ name: string }>, { name }: Rename) {
 *   socket.state = { name };
 *   socket.send({ type: "renamed", name });
 * }
 * ```
 */
export class LoomSocket<State = unknown> {
  readonly #socket: WebSocket;
  readonly #ctx: DurableObjectState;
  #attached: Attached | undefined;
  #tags: readonly string[] | undefined;
  #waiting: Waiting | undefined;
  #isRead = false;

  constructor(socket: WebSocket, ctx: DurableObjectState, made?: NewSocket) {
    this.#socket = socket;
    this.#ctx = ctx;
    if (!made) return;
    this.#attached = made.attached;
    this.#tags = made.tags;
    this.#isRead = true;
    this.#waiting = { frames: [] };
  }

  /** Made by the object, never by the client; `""` for a socket given to `ctx.acceptWebSocket` by hand. */
  get id(): string {
    return this[attached]?.id ?? "";
  }

  /** The path of the upgrade as it was sent. */
  get path(): string {
    return this[attached]?.path ?? "";
  }

  /** The path of the @OnSocketOpen that took it. */
  get pattern(): string | undefined {
    return this[attached]?.pattern;
  }

  /** The parameters of its path. */
  get params(): Readonly<Record<string, string>> {
    return this[attached]?.params ?? {};
  }

  /** The tags it was accepted with. */
  get tags(): readonly string[] {
    return (this.#tags ??= tagsIn(this.#ctx, this.#socket));
  }

  /** What the object keeps with this socket, frozen: assign a changed copy to change it. */
  get state(): Frozen<State> {
    return this[attached]?.state as Frozen<State>; // what was assigned: the type is the author's word for it
  }

  /** Plain data of up to 16,384 bytes, what Loom keeps there included. */
  set state(value: State | Frozen<State>) {
    const found = this[attached];
    if (!found) {
      throw misuse("socket.state: this socket was accepted by hand. Accept it with `this.sockets.accept(request)`.");
    }
    const measured = measureStorable(value, "socket.state");
    const next = { ...found, state: value };
    writeAttached(this.#socket, next);
    freezeMeasured(measured);
    this.#attached = next;
  }

  /** False once either end has closed it. */
  get isOpen(): boolean {
    return this.#waiting ? !this.#waiting.end : isOpen(this.#socket);
  }

  /** Sends text or bytes, or an object as JSON; false if the socket is no longer open. */
  send(message: SocketMessage): boolean {
    const frame = encode(message);
    if (!this.isOpen) return false;
    // What waits must not change with the caller's buffer.
    if (this.#waiting) this.#waiting.frames.push(handOut(frame) as Frame);
    else this.#socket.send(frame);
    return true;
  }

  /** Closes it; what the client still sends is not handled. A reason is cut to the 123 bytes that fit. */
  close(code = 1000, reason = ""): void {
    checkCode(code);
    if (!this.isOpen) return;
    if (this.#waiting) this.#waiting.end = { code, reason };
    else cutOff(this.#socket, code, reason);
  }

  get [raw](): WebSocket {
    return this.#socket;
  }

  [release](isAccepted: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!isAccepted) return;
    for (const frame of waiting?.frames ?? []) this.#socket.send(frame);
    if (!waiting?.end) return;
    seal(this.#socket, fates.unopened);
    cutOff(this.#socket, waiting.end.code, waiting.end.reason);
  }

  get [attached](): Attached | undefined {
    if (this.#isRead) return this.#attached;
    this.#isRead = true;
    return (this.#attached = freezeDeep(readAttached(this.#socket)));
  }
}
