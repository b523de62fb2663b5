/** A file of a zip, as its two headers describe it. */
export interface ZipEntry {
  readonly path: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes unpacked; as `packed` below 4 GiB. */
  readonly size: number;
  /** Where its local header starts. */
  readonly offset: number;
  readonly time: Date;
}

export interface ZipDirectory {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

type Field = readonly [width: 2 | 4 | 8, value: number];

const [none16, none32] = [0xffff, 0xffffffff];
const unixFile = 0o100644 * 2 ** 16;
const utf8Names = 0x800;

/** What comes before a file's bytes. */
export function localHeader(entry: ZipEntry): Uint8Array {
  const name = new TextEncoder().encode(entry.path);
  return joined(fields([4, 0x04034b50], [2, 20], ...shared(entry), [2, name.length], [2, 0]), name);
}

/** What the directory at the end has of a file; with Zip64's field if it starts beyond 4 GiB. */
export function centralHeader(entry: ZipEntry): Uint8Array {
  const name = new TextEncoder().encode(entry.path);
  const isFar = entry.offset >= none32;
  const extra = isFar ? fields([2, 1], [2, 8], [8, entry.offset]) : new Uint8Array();
  const [madeBy, needed] = isFar ? [0x32d, 45] : [0x314, 20];
  const header = fields(
    ...([[4, 0x02014b50], [2, madeBy], [2, needed], ...shared(entry)] as const),
    ...([
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
    ] as const),
    ...([
      [4, unixFile],
      [4, Math.min(entry.offset, none32)],
    ] as const),
  );
  return joined(header, name, extra);
}

/** The end of a zip; with Zip64's records if the directory is too far out or too long for the old one. */
export function endOfZip({ entries, offset, size }: ZipDirectory): Uint8Array {
  const end = fields(
    ...([
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, Math.min(entries, none16)],
      [2, Math.min(entries, none16)],
    ] as const),
    ...([
      [4, Math.min(size, none32)],
      [4, Math.min(offset, none32)],
      [2, 0],
    ] as const),
  );
  if (entries < none16 && offset < none32 && size < none32) return end;
  const end64 = fields(
    ...([
      [4, 0x06064b50],
      [8, 44],
      [2, 0x32d],
      [2, 45],
      [4, 0],
      [4, 0],
    ] as const),
    ...([
      [8, entries],
      [8, entries],
      [8, size],
      [8, offset],
    ] as const),
  );
  return joined(end64, fields([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]), end);
}

function shared({ isDeflated, crc, packed, size, time }: ZipEntry): readonly Field[] {
  const day = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  const seconds = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  const how: readonly Field[] = [
    [2, utf8Names],
    [2, isDeflated ? 8 : 0],
    [2, seconds],
    [2, day],
  ];
  return [...how, [4, crc], [4, packed], [4, size]];
}

/** Numbers as a zip has them: little-endian, one after the other. */
function fields(...list: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of list) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
