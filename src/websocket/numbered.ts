/** A text as handlers are given it, and the number that its sender gave it. */
export interface Numbered {
  readonly text: string;
  readonly number?: number;
}

/** Says that the object has handled the message of this number, and saved what that changed. */
export interface HandledFrame {
  readonly type: "loom:handled";
  readonly n: number;
}

// The last key of a JSON object, so that it is found and taken off without reading the rest.
const ending = /,"loom:n":(\d{1,15})\}$/;
const longestEnding = ',"loom:n":999999999999999}'.length;

/** `text`, a JSON object with a key at least, with a number that its answer will bear. */
export function numbered(text: string, number: number): string {
  return `${text.slice(0, -1)},"loom:n":${number}}`;
}

/** The reverse: a text without a number is left as it is. */
export function unnumbered(text: string): Numbered {
  if (!text.startsWith("{") || !text.endsWith("}")) return { text };
  const found = ending.exec(text.slice(-longestEnding));
  return found ? { text: `${text.slice(0, -found[0].length)}}`, number: Number(found[1]) } : { text };
}
