/** Agreed on with a client that knows Loom, where it offers no other that the class speaks. */
export const plainProtocol = "loom";

/** Offered by a client that wants to be told why it is refused, and agreed on for that alone. */
export const refusalProtocol = "loom.refusal";

/** The one message of a refusal; the close that follows has the same code and reason. */
export interface RefusedFrame {
  readonly type: "loom:refused";
  /** 4000 and the status. */
  readonly code: number;
  readonly reason: string;
  /** In seconds. */
  readonly retryAfter?: number | undefined;
}

/** The subprotocols that a client offers. */
export function offeredBy({ headers }: Request): readonly string[] {
  const names = headers.get("sec-websocket-protocol")?.split(",") ?? [];
  return names.map((name) => name.trim()).filter(Boolean);
}
