import {
  Alarm,
  LoomDO,
  LoomResponse,
  type LoomSocket,
  OnSocketMessage,
  OnSocketOpen,
  Persisted,
  PersistedList,
  Route,
} from "loom-do";
import * as Y from "yjs";
import { type Frame, frameOf, readFrame } from "./frames.ts";

const compactAfter = 100;
const pieceSize = 1_000_000; // a row has up to 2 MB

/** A text that many edit at once. Yjs settles what they do to the same place; what is kept is the list of edits. */
export class CollaborativeText extends LoomDO {
  @Persisted accessor #snapshot = new PersistedList<Uint8Array>();
  @Persisted accessor #updates = new PersistedList<Uint8Array>();
  #loaded: Y.Doc | undefined;

  @OnSocketOpen("/edit")
  open(socket: LoomSocket) {
    socket.send(frameOf("vector", Y.encodeStateVector(this.#doc)));
  }

  @OnSocketMessage
  take(socket: LoomSocket, message: string | ArrayBuffer) {
    const frame = readFrame(message);
    if (!frame || !isWhole(frame)) socket.close(1007, "Send a state vector or an update of Yjs.");
    else if (frame.kind === "vector") socket.send(frameOf("answer", Y.encodeStateAsUpdate(this.#doc, frame.bytes)));
    else this.#apply(frame.bytes, socket);
  }

  @Route("GET", "/text")
  read() {
    return LoomResponse.text(this.#doc.getText("text").toString());
  }

  /** Puts the text's present state in the place of the edits that led to it, in one turn: all of it or nothing. */
  @Alarm("compact")
  compact() {
    const state = Y.encodeStateAsUpdate(this.#doc);
    this.#snapshot.clear();
    this.#updates.clear();
    for (let at = 0; at < state.length; at += pieceSize) this.#snapshot.push(state.slice(at, at + pieceSize));
  }

  /** The text as it is stored: put together once a wake. */
  get #doc(): Y.Doc {
    if (this.#loaded) return this.#loaded;
    const doc = new Y.Doc();
    for (const update of [joined(this.#snapshot), ...this.#updates]) if (update.length > 0) Y.applyUpdate(doc, update);
    doc.on("update", (update, origin) => this.#keep(update, origin as LoomSocket)); // `#apply` gives no other
    return (this.#loaded = doc);
  }

  #apply(update: Uint8Array, socket: LoomSocket): void {
    try {
      Y.applyUpdate(this.#doc, update, socket);
    } catch (error) {
      this.#loaded = undefined; // it may have the update, and storage has it not
      throw error;
    }
  }

  /** Called for an update that brought something, and whose predecessors are all there. */
  #keep(update: Uint8Array, socket: LoomSocket): void {
    this.#updates.push(update);
    this.sockets.broadcast(frameOf("update", update), { except: socket });
    if (this.#updates.length >= compactAfter) void this.alarms.ensureScheduled(this.compact, "10s");
  }
}

function isWhole({ kind, bytes }: Frame): boolean {
  try {
    if (kind === "vector") Y.decodeStateVector(bytes);
    else Y.decodeUpdate(bytes);
    return true;
  } catch {
    return false;
  }
}

function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  const found = [...pieces];
  const whole = new Uint8Array(found.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of found) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
