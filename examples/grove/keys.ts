import { utf8 } from "./bytes.ts";

/** What a key is for. Each is another key: one that is known says nothing about the others. */
type Purpose = "refresh tokens" | "session cookies" | "device ids" | "visitors";

/** Derives the key that encrypts for one purpose from a secret. */
export async function encryptionKey(secret: string, purpose: Purpose): Promise<CryptoKey> {
  return derive(secret, { purpose, algorithm: { name: "AES-GCM", length: 256 }, usages: ["encrypt", "decrypt"] });
}

/** Derives the key that signs for one purpose from a secret. */
export async function signingKey(secret: string, purpose: Purpose): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256", length: 256 };
  return derive(secret, { purpose, algorithm, usages: ["sign", "verify"] });
}

/** A name for the key of one purpose, which gives away neither it nor the secret. */
export async function keyId(secret: string, purpose: Purpose): Promise<ArrayBuffer> {
  return crypto.subtle.deriveBits(hkdf(`${purpose}, key id`), await material(secret), 64);
}

interface Derivation {
  readonly purpose: Purpose;
  readonly algorithm: SubtleCryptoImportKeyAlgorithm;
  readonly usages: string[];
}

async function derive(secret: string, { purpose, algorithm, usages }: Derivation): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(hkdf(purpose), await material(secret), algorithm, false, usages);
}

function material(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", utf8(secret), "HKDF", false, ["deriveKey", "deriveBits"]);
}

// A secret is random already: HKDF needs no salt for one (RFC 5869, 3.1).
function hkdf(info: string) {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(`grove: ${info}`) };
}
