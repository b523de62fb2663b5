import { isBareUse } from "../src/declare/bare.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";
import type { SocketEnd } from "../src/websocket/close.ts";
import { recordSocket } from "../src/websocket/record.ts";
import type { AnyLoomSocket } from "../src/websocket/socket.ts";

type Handler<This> = (this: This, socket: AnyLoomSocket, end: SocketEnd) => unknown;

/** @OnSocketClose on its method. */
export type HearsOfEnds = <This extends AnyLoomDO, Value extends Handler<This>>(
  value: Value,
  context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
) => void;

/**
 * Runs once for every socket that was open and is no longer, after the messages it sent before.
 *
 * By then it is none of `this.sockets.getConnections()`. A transport that broke is reported as 1006, `wasClean` false.
 *
 * @example
 * ```ts
 * @OnSocketClose
 * left(socket: LoomSocket<{ name: string }>) {
 *   this.sockets.broadcast({ type: "left", name: socket.state.name, online: this.sockets.count });
 * }
 * ```
 */
export function OnSocketClose<This extends AnyLoomDO, Value extends Handler<This>>(
  value: Value,
  context: ClassMethodDecoratorContext<This, Value> & InstanceMember,
): void;
export function OnSocketClose(): HearsOfEnds;
export function OnSocketClose(...given: readonly unknown[]): unknown {
  const record = (_value: unknown, context: unknown): void =>
    recordSocket(["@OnSocketClose", ""], context, () => ({ kind: "close", key: "close" }));
  return isBareUse(given) ? record(given[0], given[1]) : record;
}
