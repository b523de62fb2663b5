import { hashOf } from "../node.ts";

const algorithms = [
  { field: "md5", name: "MD5", bytes: 16 },
  { field: "sha1", name: "SHA-1", bytes: 20 },
  { field: "sha256", name: "SHA-256", bytes: 32 },
  { field: "sha384", name: "SHA-384", bytes: 48 },
  { field: "sha512", name: "SHA-512", bytes: 64 },
] as const;

type Algorithm = (typeof algorithms)[number];

/** What `put` was told to check: one checksum in hex. */
export interface Expected {
  readonly algorithm: Algorithm;
  readonly hex: string;
}

/** The checksum among `options`. */
export function expectedChecksum(options: R2PutOptions): Expected | undefined {
  const given = algorithms.filter(({ field }) => options[field] !== undefined);
  if (given.length > 1) throw new TypeError("You cannot specify multiple hashing algorithms.");
  const [algorithm] = given;
  return algorithm && { algorithm, hex: hexOf(algorithm, options[algorithm.field]!) };
}

/** The checksums to keep of `bytes`; throws where they are not the expected. */
export function checksumsOf(bytes: Uint8Array, expected: Expected | undefined): R2StringChecksums {
  const md5 = hashOf("md5", bytes);
  if (!expected) return { md5 };
  const { algorithm, hex } = expected;
  const actual = hashOf(algorithm.field, bytes);
  if (actual === hex) return { md5, [algorithm.field]: actual };
  const problem = `The ${algorithm.name} checksum you specified did not match what we received.`;
  const given = `You provided a ${algorithm.name} checksum with value: ${hex}`;
  throw new Error(`put: ${problem}\n${given}\nActual ${algorithm.name} was: ${actual} (10037)`);
}

/** The checksums as an object shows them. */
export class MockChecksums implements R2Checksums {
  readonly md5?: ArrayBuffer;
  readonly sha1?: ArrayBuffer;
  readonly sha256?: ArrayBuffer;
  readonly sha384?: ArrayBuffer;
  readonly sha512?: ArrayBuffer;
  readonly #hex: R2StringChecksums;

  constructor(hex: R2StringChecksums) {
    this.#hex = hex;
    for (const { field } of algorithms) {
      if (hex[field]) this[field] = bytesOf(hex[field]);
    }
  }

  toJSON(): R2StringChecksums {
    return { ...this.#hex };
  }
}

/** The etag of an object in parts. */
export function etagOfParts(hashes: readonly string[]): string {
  return `${hashOf("md5", new Uint8Array(bytesOf(hashes.join(""))))}-${hashes.length}`;
}

function hexOf({ name, bytes }: Algorithm, given: string | ArrayBuffer | ArrayBufferView): string {
  if (typeof given === "string") {
    if (given.length !== bytes * 2) throw new TypeError(`${name} is ${bytes * 2} hex characters, not ${given.length}`);
    if (/[^0-9a-f]/i.test(given)) throw new TypeError(`Provided ${name} wasn't a valid hex string`);
    return given.toLowerCase();
  }
  if (given.byteLength !== bytes) throw new TypeError(`${name} is ${bytes} bytes, not ${given.byteLength}`);
  const view = ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
  return Array.from(view, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer;
}
