import { isBareUse } from "../src/declare/bare.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";
import { recordSocket } from "../src/websocket/record.ts";
import type { AnyLoomSocket } from "../src/websocket/socket.ts";

type Handler<This> = (this: This, socket: AnyLoomSocket, error: unknown) => unknown;

/** @OnSocketError on its method. */
export type HearsOfFailures = <This extends AnyLoomDO, Value extends Handler<This>>(
  value: Value,
  context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
) => void;

/**
 * Runs when an open socket has failed; @OnSocketClose runs after it. What fails while a socket closes is not reported.
 *
 * @example
 * ```ts
 * @OnSocketError
 * failed(socket: LoomSocket, error: unknown) { this.log.warn("socket lost", { id: socket.id, error }); }
 * ```
 */
export function OnSocketError<This extends AnyLoomDO, Value extends Handler<This>>(
  value: Value,
  context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
): void;
export function OnSocketError(): HearsOfFailures;
export function OnSocketError(...given: readonly unknown[]): unknown {
  const record = (_value: unknown, context: unknown): void =>
    recordSocket(["@OnSocketError", ""], context, () => ({ kind: "error", key: "error" }));
  return isBareUse(given) ? record(given[0], given[1]) : record;
}
