/** True when two pieces of plain data are the same, all the way down; cyclic data is never the same. */
export function isSameData(left: unknown, right: unknown, depth = 0): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (depth > 100 || Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Date) return Object.is(left.getTime(), (right as Date).getTime());
  if (left instanceof ArrayBuffer || ArrayBuffer.isView(left)) return isSameBytes(left, right as ArrayBuffer);
  const below = (a: unknown, b: unknown) => isSameData(a, b, depth + 1);
  if (left instanceof Map) return isSameList([...left].flat(), [...(right as Map<unknown, unknown>)].flat(), below);
  if (left instanceof Set) return isSameList([...left], [...(right as Set<unknown>)], below);
  if (Array.isArray(left)) return isSameList(left, right as unknown[], below);
  return isSameRecord(left as Record<string, unknown>, right as Record<string, unknown>, below);
}

type Same = (left: unknown, right: unknown) => boolean;

// Order counts in a Map and a Set too: whoever iterates one would see the difference.
function isSameList(left: readonly unknown[], right: readonly unknown[], isSame: Same): boolean {
  if (left.length !== right.length) return false;
  // No `every`: it skips the holes of a sparse array.
  for (let index = 0; index < left.length; index++) {
    if (!isSame(left[index], right[index])) return false;
  }
  return true;
}

function isSameRecord(left: Record<string, unknown>, right: Record<string, unknown>, isSame: Same): boolean {
  const keys = Object.keys(left);
  return isSameList(keys, Object.keys(right), Object.is) && keys.every((key) => isSame(left[key], right[key]));
}

function isSameBytes(left: ArrayBuffer | ArrayBufferView, right: ArrayBuffer | ArrayBufferView): boolean {
  const [one, other] = [bytesOf(left), bytesOf(right)];
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}
