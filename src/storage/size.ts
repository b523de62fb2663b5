// A row holds 2 MB, its other columns included; the local runtime takes more than production.
const maxBytes = 2 * 1024 * 1024 - 2048;

/** True for text or bytes that fit into a row. */
export function fitsRow(value: string | ArrayBuffer | ArrayBufferView): boolean {
  if (typeof value !== "string") return value.byteLength <= maxBytes;
  // A UTF-16 unit is at most three bytes of UTF-8.
  return 3 * value.length <= maxBytes || new TextEncoder().encode(value).byteLength <= maxBytes;
}
