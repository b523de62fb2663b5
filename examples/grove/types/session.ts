/** One device that is signed in; times are Unix milliseconds. */
export interface Session {
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly createdAt: number;
  readonly lastActiveAt: number;
  readonly expiresAt: number;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** What a session is made of; how long it lives, in seconds, is said under either name. */
export interface NewSession {
  readonly deviceId: string;
  /** @default "Unknown Device" */
  readonly deviceName?: string | undefined;
  readonly ipAddress?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
  readonly expiresInSeconds?: number | undefined;
  readonly expiresIn?: number | undefined;
  /** What the identity provider renews access for. */
  readonly refreshToken?: string | undefined;
}

/** A session that has just been made; the token is there if a refresh token was. */
export interface CreatedSession {
  readonly sessionId: string;
  readonly accessToken?: string;
}

export type SessionCheck =
  | { readonly valid: false }
  | { readonly valid: true; readonly session: Session; readonly userId: string; readonly needsRefresh: boolean };

export interface AccessToken {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number;
}

/** Whether a sign-in may be tried; `resetAt` is in Unix milliseconds. */
export type LoginAllowance =
  | { readonly allowed: true; readonly remainingAttempts: number; readonly resetAt: null }
  | { readonly allowed: false; readonly remainingAttempts: 0; readonly resetAt: number };

/** Whether this attempt may be made, and how many seconds of a lock-out are left once it is. */
export interface LoginAttempt {
  readonly allowed: boolean;
  readonly lockoutRemaining?: number;
}

/** Who is signed in. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}
