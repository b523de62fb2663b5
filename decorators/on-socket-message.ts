import { isBareUse } from "../src/declare/bare.ts";
import type { SchemaOutput, StandardSchema } from "../src/data/standard-schema.ts";
import { misuse } from "../src/errors.ts";
import type { AnyLoomDO, InstanceMember } from "../src/types.ts";
import { recordSocket } from "../src/websocket/record.ts";
import type { AnyLoomSocket } from "../src/websocket/socket.ts";

/** A message by its type that no schema has checked. */
export interface UncheckedMessage<Type extends string = string> {
  readonly type: Type;
  readonly [field: string]: unknown;
}

type Handler<This, Message> = (this: This, socket: AnyLoomSocket, message: Message) => unknown;

type Place<This, Value extends Handler<This, Message>, Message> = ClassMethodDecoratorContext<This, Value> &
  InstanceMember;

/** @OnSocketMessage with a type, or called without. */
export type TakesMessages<Message> = <This extends AnyLoomDO, Value extends Handler<This, Message>>(
  value: Value,
  context: Place<This, Value, Message>,
) => void;

/**
 * Takes the messages of one type: texts that are a JSON object with that `type`. Bare, it takes every other one as it is.
 *
 * The schema sees the whole message. Messages of one socket are handled in order, each after the one before is done.
 *
 * @example
 * ```ts
 * @OnSocketMessage("typing", Typing)
 * typing(socket: LoomSocket, message: z.infer<typeof Typing>) {
 *   this.sockets.broadcast(message, { except: socket });
 * }
 * ```
 */
export function OnSocketMessage<
  This extends AnyLoomDO,
  Value extends Handler<This, Message>,
  Message = string | ArrayBuffer,
>(value: Value, context: Place<This, Value, Message>): void;
export function OnSocketMessage(): TakesMessages<string | ArrayBuffer>;
export function OnSocketMessage<const Type extends string>(type: Type): TakesMessages<UncheckedMessage<Type>>;
export function OnSocketMessage<Schema extends StandardSchema>(
  type: string,
  schema: Schema,
): TakesMessages<SchemaOutput<Schema>>;
export function OnSocketMessage(...given: readonly unknown[]): unknown {
  if (isBareUse(given)) return record({ type: undefined, schema: undefined }, given[1]);
  const [type, schema] = given as [type?: string, schema?: StandardSchema];
  return (_value: unknown, context: unknown): void => record({ type, schema }, context);
}

interface Taken {
  readonly type: string | undefined;
  readonly schema: StandardSchema | undefined;
}

function record({ type, schema }: Taken, context: unknown): void {
  const taken = type === undefined ? " (any other)" : ` ("${type}")`;
  recordSocket(["@OnSocketMessage", taken], context, (where) => {
    if (schema !== undefined && !("~standard" in schema)) {
      throw misuse(`${where}: the second argument is no schema. Give it one of zod, valibot, arktype or the like.`);
    }
    return { kind: "message", key: type === undefined ? "message" : `message ${type}`, type, schema };
  });
}
