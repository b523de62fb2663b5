const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
// A file system takes names of 255 bytes; a number and an extension may follow.
const maxBytes = 200;

/** `text` as one segment of a path that every system can unpack; `undefined` if nothing is left of it. */
export function segmentOf(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const safe = text
    .toWellFormed()
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-");
  // No hidden file, no way up, nothing that Windows cuts off.
  const trimmed = shortened(safe.replace(/^[.-]+/, "")).replace(/[.-]+$/, "");
  return trimmed && (reserved.test(trimmed.split(".")[0]!) ? `_${trimmed}` : trimmed);
}

/** The name of an image: its title and the key's extension, else the key's last segment, else its id. */
export function imageNameOf(image: { custom_title: unknown; r2_key: unknown; id: unknown }): [string, string] {
  const last = String(image.r2_key).split("/").at(-1)!;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(last)?.[0] ?? "";
  const stem = last.slice(0, last.length - extension.length);
  return [segmentOf(image.custom_title) || segmentOf(stem) || segmentOf(image.id) || "image", extension];
}

function shortened(text: string): string {
  const bytes = new TextEncoder().encode(text).subarray(0, maxBytes);
  // What is left of a character that was cut is dropped.
  return new TextDecoder().decode(bytes, { stream: true });
}
