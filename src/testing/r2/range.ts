import { refuse } from "./errors.ts";

/** The part of an object that is read. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

interface Asked {
  readonly offset?: number | undefined;
  readonly length?: number | undefined;
  readonly suffix?: number | undefined;
}

/** What `range` asks of `size` bytes; a header that asks for nothing there asks for all. */
export function rangeOf(range: R2Range | Headers | undefined, size: number): Range {
  if (range === undefined) return { offset: 0, length: size };
  if (range instanceof Headers) return headerRange(range.get("Range"), size);
  const { offset, length, suffix } = checked(range);
  if (suffix !== undefined && suffix <= 0) refuse("get", 10039);
  const start = suffix === undefined ? (offset ?? 0) : Math.max(0, size - suffix);
  const wanted = length ?? size - start;
  if (start > size || wanted <= 0) refuse("get", 10039);
  return { offset: start, length: Math.min(wanted, size - start) };
}

function checked(range: Asked): Asked {
  const { offset, length, suffix } = range;
  if (suffix !== undefined && offset !== undefined) throw new TypeError("Suffix is incompatible with offset.");
  if (suffix !== undefined && length !== undefined) throw new TypeError("Suffix is incompatible with length.");
  if (offset !== undefined && offset < 0) {
    throw new RangeError(`Invalid range. Starting offset (${offset}) must be greater than or equal to 0.`);
  }
  return range;
}

function headerRange(header: string | null, size: number): Range {
  const [, from = "", to = ""] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? "") ?? [];
  const isSuffix = from === "" && to !== "";
  const start = isSuffix ? Math.max(0, size - Number(to)) : Number(from);
  const end = isSuffix || to === "" ? size : Math.min(size, Number(to) + 1);
  return start < end ? { offset: start, length: end - start } : { offset: 0, length: size };
}
