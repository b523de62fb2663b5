import { isBareUse } from "../src/declare/bare.ts";
import type { LoomRequestContext } from "../src/http/context.ts";
import { parsePath, shapeOf } from "../src/http/path.ts";
import type { RoutePath } from "../src/http/route-types.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";
import { checkLimits } from "../src/websocket/limits.ts";
import type { SocketOpenOptions } from "../src/websocket/options.ts";
import { recordSocket } from "../src/websocket/record.ts";
import type { AnyLoomSocket } from "../src/websocket/socket.ts";
import { tagsOf } from "../src/websocket/handshake.ts";

type Handler<This, Path extends string> = (this: This, socket: AnyLoomSocket, ctx: LoomRequestContext<Path>) => unknown;

type Place<This, Value extends Handler<This, Path>, Path extends string> = ClassMethodDecoratorContext<This, Value> &
  InstanceMember;

/** @OnSocketOpen with a path. */
export type OpensSockets<Path extends string> = <This extends AnyLoomDO, Value extends Handler<This, Path>>(
  value: Value,
  context: Place<This, Value, Path>,
) => void;

/**
 * Takes upgrades to a WebSocket, on every path or on one: accepted when the method and all middleware have agreed.
 *
 * Returning or throwing a Response refuses. What the method sends leaves once the socket is accepted.
 *
 * @example
 * ```ts
 * @OnSocketOpen("/rooms/:room", { tags: ({ params }) => [params.room] })
 * join(socket: LoomSocket<{ name: string }>, ctx: LoomRequestContext<"/rooms/:room">) {
 *   const name = ctx.url.searchParams.get("name");
 *   if (!name) return LoomResponse.badRequest("Say who you are: ?name=…");
 *   socket.state = { name };
 *   socket.send({ type: "welcome", room: ctx.params.room });
 * }
 * ```
 */
export function OnSocketOpen<This extends AnyLoomDO, Value extends Handler<This, "/*">>(
  value: Value,
  context: Place<This, Value, "/*">,
): void;
export function OnSocketOpen<const Path extends RoutePath = "/*">(
  path?: Path,
  options?: SocketOpenOptions<Path>,
): OpensSockets<Path>;
export function OnSocketOpen(...given: readonly unknown[]): unknown {
  if (isBareUse(given)) return record("/*", {}, given[1]);
  const [path = "/*", options = {}] = given as [path?: string, options?: SocketOpenOptions];
  return (_value: unknown, context: unknown): void => record(path, options, context);
}

function record(path: string, options: SocketOpenOptions, context: unknown): void {
  recordSocket(["@OnSocketOpen", ` (${path})`], context, (where) => {
    const segments = parsePath(path, where);
    checkLimits(options, where);
    if (Array.isArray(options.tags)) tagsOf(options.tags, where);
    return { kind: "open", key: `open ${shapeOf(segments)}`, path, segments, options, middleware: [] };
  });
}
