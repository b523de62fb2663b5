import type { LoomRoute } from "../http/context.ts";
import type { AnyLoomDO } from "../types.ts";

/** The hooks that a class may have. */
export interface Hooks {
  schema?(): string | null;
  routes?(): readonly LoomRoute[];
  loadState?(): unknown;
  persistState?(): unknown;
  onAlarm?(): unknown;
  onWebSocketMessage?(socket: WebSocket, message: string | ArrayBuffer): unknown;
  onWebSocketClose?(socket: WebSocket, code: number, reason: string, wasClean: boolean): unknown;
  onWebSocketError?(socket: WebSocket, error: unknown): unknown;
}

/** The hooks of `object`. */
export function hooksOf(object: AnyLoomDO): Hooks {
  return object as unknown as Hooks; // protected members: TypeScript shows them to subclasses only
}
