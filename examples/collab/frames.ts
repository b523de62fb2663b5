/** A state vector asks for what its sender lacks, the answer is that, and an update is one edit. */
export type FrameKind = "vector" | "answer" | "update";

/** What both ends send: a byte for the kind, then Yjs's bytes. */
export interface Frame {
  readonly kind: FrameKind;
  readonly bytes: Uint8Array;
}

const kinds: readonly FrameKind[] = ["vector", "answer", "update"];

export function frameOf(kind: FrameKind, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(bytes.length + 1);
  frame[0] = kinds.indexOf(kind);
  frame.set(bytes, 1);
  return frame;
}

/** The frame in a message; undefined for any other message. */
export function readFrame(message: unknown): Frame | undefined {
  if (!(message instanceof ArrayBuffer)) return undefined;
  const bytes = new Uint8Array(message);
  const kind = kinds[bytes[0] ?? kinds.length];
  return kind && { kind, bytes: bytes.subarray(1) };
}
