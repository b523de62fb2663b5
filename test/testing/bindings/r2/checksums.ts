import type { Case } from "../cases.ts";

const md5 = "5d41402abc4b2a76b9719d911017c592";

const sha1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));

const seen = (found: R2Object | null) =>
  found && {
    key: found.key,
    size: found.size,
    etag: found.etag,
    httpEtag: found.httpEtag,
    http: found.httpMetadata,
    custom: found.customMetadata,
    range: found.range,
    checksums: found.checksums.toJSON(),
  };

const putting = (title: string, options: R2PutOptions, expected: unknown): Case<R2Bucket> => [
  title,
  async (bucket) => seen(await bucket.put("a", "hello", options))?.checksums,
  expected,
];

const mismatch = (name: string, given: string, actual: string) =>
  [
    `Error: put: The ${name} checksum you specified did not match what we received.`,
    `You provided a ${name} checksum with value: ${given}`,
    `Actual ${name} was: ${actual} (10037)`,
  ].join("\n");

export const checksums: readonly Case<R2Bucket>[] = [
  putting("keeps the MD5 by itself", {}, { md5 }),
  putting("checks an MD5 in hex", { md5 }, { md5 }),
  putting("checks an MD5 in bytes", { md5: bytesOf(md5) }, { md5 }),
  putting("keeps a SHA-1", { sha1 }, { md5, sha1 }),
  putting("keeps a SHA-256", { sha256: bytesOf(sha256).buffer }, { md5, sha256 }),
  putting("refuses another MD5", { md5: "0".repeat(32) }, mismatch("MD5", "0".repeat(32), md5)),
  putting("refuses another SHA-256", { sha256: "0".repeat(64) }, mismatch("SHA-256", "0".repeat(64), sha256)),
  putting("refuses two checksums", { md5, sha1 }, "TypeError: You cannot specify multiple hashing algorithms."),
  putting("refuses a checksum that is too short", { md5: "00" }, "TypeError: MD5 is 32 hex characters, not 2"),
  putting("refuses a checksum of too few bytes", { sha1: new Uint8Array(3) }, "TypeError: SHA-1 is 20 bytes, not 3"),
  putting(
    "refuses a checksum that is not hex",
    { md5: "z".repeat(32) },
    "TypeError: Provided MD5 wasn't a valid hex string",
  ),
  [
    "hands out checksums as buffers",
    async (bucket) => (await bucket.put("a", "hello", { sha1 })).checksums.sha1,
    { bytes: [...bytesOf(sha1)] },
  ],
  [
    "keeps checksums",
    async (bucket) => (await bucket.put("a", "hello", { sha1 }), (await bucket.head("a"))!.checksums.toJSON()),
    { md5, sha1 },
  ],
];
