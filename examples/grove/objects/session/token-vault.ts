import { LoomError } from "loom-do";
import { fromBase64Url, toBase64Url, utf8 } from "../../bytes.ts";
import { encryptionKey, keyId } from "../../keys.ts";
import { SESSION_ERRORS } from "./errors.ts";

/** The secret that seals, and the one before it, which still opens. */
interface Secrets {
  readonly current: string | undefined;
  readonly previous: string | undefined;
}

/** Refresh tokens on their way to the disk and back: encrypted, each for its session alone. */
export class TokenVault {
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** Encrypts a token, with the id of the key next to it. */
  async seal(token: string, sessionId: string): Promise<string> {
    const secret = this.#current;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const key = await encryptionKey(secret, "refresh tokens");
    const sealed = await crypto.subtle.encrypt(aes(iv, sessionId), key, utf8(token));
    return [await idOf(secret), toBase64Url(iv), toBase64Url(sealed)].join(".");
  }

  /** Decrypts a token; null when its key is gone, or when it was sealed for another session or changed. */
  async open(sealed: string, sessionId: string): Promise<string | null> {
    const [id, iv, bytes] = partsOf(sealed);
    const secret = await this.#find(id);
    if (secret === undefined || !iv || !bytes) return null;
    const key = await encryptionKey(secret, "refresh tokens");
    try {
      return new TextDecoder().decode(await crypto.subtle.decrypt(aes(iv, sessionId), key, bytes));
    } catch {
      return null; // what AES-GCM says of a text that is not the one it made
    }
  }

  get #current(): string {
    if (this.#secrets.current) return this.#secrets.current;
    throw new LoomError(SESSION_ERRORS.NO_SECRET);
  }

  async #find(id: string): Promise<string | undefined> {
    const current = this.#current;
    if ((await idOf(current)) === id) return current;
    const { previous } = this.#secrets;
    return previous && (await idOf(previous)) === id ? previous : undefined;
  }
}

function partsOf(sealed: string) {
  const [id = "", iv = "", bytes = ""] = sealed.split(".");
  return [id, fromBase64Url(iv), fromBase64Url(bytes)] as const;
}

function aes(iv: Uint8Array<ArrayBuffer>, sessionId: string) {
  return { name: "AES-GCM", iv, additionalData: utf8(sessionId) };
}

async function idOf(secret: string): Promise<string> {
  return toBase64Url(await keyId(secret, "refresh tokens"));
}
