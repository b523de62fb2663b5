import { LoomError, type LoomLogger } from "loom-do";
import { toBase64Url, utf8 } from "../../bytes.ts";
import { requestTokens } from "../../identity.ts";
import type { AccessToken, GroveEnv } from "../../types.ts";
import { SESSION_ERRORS } from "./errors.ts";
import { TokenVault } from "./token-vault.ts";

/** How long an access token lives, in seconds. */
const expiresIn = 3_600;

/** What is kept of a session's tokens: neither of them can be read from it. */
export interface KeptTokens {
  readonly refresh_token_enc: string;
  readonly access_token_hash: string;
  readonly access_expires_at: number;
}

interface IssuedTokens {
  readonly access: AccessToken;
  readonly kept: KeptTokens;
}

/** A session's two tokens: the one that its device shows, and the one that renews it. */
export class Tokens {
  readonly #identity: Fetcher | undefined;
  readonly #vault: TokenVault;
  readonly #log: LoomLogger;

  constructor({ IDENTITY, SESSION_SECRET, SESSION_SECRET_PREVIOUS }: GroveEnv, log: LoomLogger) {
    this.#identity = IDENTITY;
    this.#vault = new TokenVault({ current: SESSION_SECRET, previous: SESSION_SECRET_PREVIOUS });
    this.#log = log;
  }

  /** Makes an access token for a session, to be renewed by `refreshToken`. */
  async issue(sessionId: string, refreshToken: string): Promise<IssuedTokens> {
    const accessToken = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
    const [refresh_token_enc, access_token_hash] = await Promise.all([
      this.#vault.seal(refreshToken, sessionId),
      hashOf(accessToken),
    ]);
    const access_expires_at = Date.now() + expiresIn * 1000;
    return { access: { accessToken, expiresIn }, kept: { refresh_token_enc, access_token_hash, access_expires_at } };
  }

  /** A session's refresh token; null, and a line in the log, when it cannot be read. */
  async read(sessionId: string, sealed: string): Promise<string | null> {
    const refreshToken = await this.#vault.open(sealed, sessionId);
    if (refreshToken === null) this.#log.error("What renews a session cannot be decrypted.", { session: sessionId });
    return refreshToken;
  }

  /** What the provider gives for a refresh token, null when it refuses; without a provider it stays the same. */
  async renew(refreshToken: string): Promise<string | null> {
    if (!this.#identity) return refreshToken;
    try {
      const grant = { grant_type: "refresh_token", refresh_token: refreshToken } as const;
      const tokens = await requestTokens(this.#identity, grant);
      return tokens && (tokens.refresh_token ?? refreshToken);
    } catch (cause) {
      throw new LoomError(SESSION_ERRORS.NO_ANSWER, { cause });
    }
  }
}

/** What is kept of an access token: 256 random bits, which one round of SHA-256 hides. */
export async function hashOf(accessToken: string): Promise<string> {
  return toBase64Url(await crypto.subtle.digest("SHA-256", utf8(accessToken)));
}
