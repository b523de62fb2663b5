import type { SchemaInput, SchemaOutput, StandardSchema } from "../data/standard-schema.ts";

/** A message that is a JSON object, told by its type. */
export interface TypedMessage {
  readonly type: string;
}

/** What one kind of connection carries: unions of message types. */
export interface Messages {
  /** What the object sends. */
  readonly incoming: TypedMessage;
  /** What the client sends. */
  readonly outgoing: TypedMessage;
}

/** Messages that nobody has declared. */
export interface AnyMessages {
  readonly incoming: TypedMessage & { readonly [key: string]: unknown };
  readonly outgoing: TypedMessage & { readonly [key: string]: unknown };
}

/** Schemas by the type of their message. */
export type SchemaMap = Readonly<Record<string, StandardSchema>>;

/** The messages of one kind of connection as schemas, which both ends import. */
export interface MessageSchemas {
  /** What the object sends: checked as it arrives. */
  readonly incoming: SchemaMap;
  /** What the client sends: for its types; the object checks it. */
  readonly outgoing: SchemaMap;
}

/** The messages that schemas describe. */
export interface MessagesOf<Schemas extends MessageSchemas> extends Messages {
  readonly incoming: {
    [Type in keyof Schemas["incoming"] & string]: WithType<SchemaOutput<Schemas["incoming"][Type]>, Type>;
  }[keyof Schemas["incoming"] & string];
  readonly outgoing: {
    [Type in keyof Schemas["outgoing"] & string]: WithType<SchemaInput<Schemas["outgoing"][Type]>, Type>;
  }[keyof Schemas["outgoing"] & string];
}

type WithType<Value, Type extends string> = Value extends unknown
  ? {
      [
        Key in keyof Value as Key extends "type" ? never : HoldsNothing<Value[Key]> extends true ? never : Key
      ]: Value[Key];
    } & {
      readonly type: Type;
    }
  : never;

// An object without keys is a record of nothing to zod: no `type` would fit it.
type HoldsNothing<Value> = [Value] extends [never] ? true : false;

/** What went wrong with a message, as the object answers it. */
export interface ErrorMessage {
  readonly type: "error";
  /** A code of the catalogue: `GROVE-LOOM-064`. */
  readonly code: string;
  readonly message: string;
  /** What its schema found wrong. */
  readonly issues?: readonly { readonly message: string; readonly path?: readonly (string | number)[] }[];
}

/** Everything that arrives. */
export type Incoming<Declared extends Messages> = Declared["incoming"] | ErrorMessage;

/** The message of a type. */
export type IncomingOf<Declared extends Messages, Type extends string> =
  | (Type extends "error" ? ErrorMessage : never)
  | ([Extract<Declared["incoming"], { readonly type: Type }>] extends [never]
      ? Type extends "error"
        ? never
        : Declared["incoming"]
      : Extract<Declared["incoming"], { readonly type: Type }>);

/** Text or bytes that are no typed message. */
export type RawMessage = string | ArrayBuffer | ArrayBufferView;

/** What can be sent. */
export type Outgoing<Declared extends Messages> = Declared["outgoing"] | RawMessage;
