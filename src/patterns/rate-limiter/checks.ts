import { between, name, optional, shape, whole } from "../shape.ts";
import type { WindowLimit } from "./fixed-window.ts";
import type { LeakLimit } from "./leaky-bucket.ts";
import type { TokenLimit } from "./token-bucket.ts";

/** Whom a check is about. */
export interface Keyed {
  /** 1 to 512 characters. */
  readonly key: string;
}

/** The input of a check by windows. */
export interface WindowCheck extends Keyed, WindowLimit {}

/** The input of a check by a token bucket. */
export interface TokenCheck extends Keyed, TokenLimit {}

/** The input of a check by a leaky bucket. */
export interface LeakCheck extends Keyed, LeakLimit {}

const most = 1_000_000_000;
const rate = between(0.000_001, most);

export const Windowed = shape<WindowCheck>({ key: name, limit: whole(0, most), window: whole(1, 400 * 86_400_000) });

export const Tokens = shape<TokenCheck>({
  key: name,
  capacity: whole(0, most),
  refillRate: rate,
  tokens: optional(whole(1, most)),
});

export const Leaks = shape<LeakCheck>({ key: name, capacity: whole(0, most), leakRate: rate });
