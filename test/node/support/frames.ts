/** The opcodes of RFC 6455 that tests send. */
export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame as it came from the server. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The frames that are complete in a server's bytes, and what is left of them. */
export function framesOf(bytes: Buffer): { readonly frames: readonly Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  for (let end = endOf(rest); end <= rest.length; end = endOf(rest)) {
    frames.push({ opcode: rest[0]! & 0x0f, payload: rest.subarray(startOf(rest), end) });
    rest = rest.subarray(end);
  }
  return { frames, rest };
}

function endOf(bytes: Buffer): number {
  const start = startOf(bytes);
  if (bytes.length < start) return Infinity;
  if (start === 10) return start + Number(bytes.readBigUInt64BE(2));
  return start + (start === 4 ? bytes.readUInt16BE(2) : bytes[1]! & 0x7f);
}

function startOf(bytes: Buffer): number {
  const short = (bytes[1] ?? 0) & 0x7f;
  if (bytes.length < 2) return Infinity;
  return short === 127 ? 10 : short === 126 ? 4 : 2;
}

/** A client's frame, whole and masked; a mask of zeros leaves the payload readable. */
export function frameOf(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([headOf(opcode, payload.length), Buffer.alloc(4), payload]);
}

/** What comes before the mask: the opcode of a whole frame, and how long its payload is. */
export function headOf(opcode: number, length: number): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode]), lengthOf(length)]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

function lengthOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length]);
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9);
  bytes[0] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}
