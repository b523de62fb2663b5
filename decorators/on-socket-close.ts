import { isBareUse } from "../src/declare/bare.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";
import type { SocketEnd } from "../src/websocket/handle.ts";
import { recordEnd } from "../src/websocket/record-end.ts";
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
  if (isBareUse(given)) return recordEnd("@OnSocketClose", "close", given[1]);
  return (_value: unknown, context: unknown): void => recordEnd("@OnSocketClose", "close", context);
}
