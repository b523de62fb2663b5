import type { SchemaMap, TypedMessage } from "./messages.ts";
import { report, safely } from "./safely.ts";

/** A message that does not fit its schema. */
export interface InvalidMessage {
  readonly message: TypedMessage;
  readonly issues: readonly { readonly message: string }[];
}

/** What is done with messages that are checked. */
export type Listener = (message: TypedMessage) => void;

/** Hands typed messages to who listens, in the order they arrived. */
export class Inbox {
  readonly #schemas: SchemaMap;
  readonly #invalid: (invalid: InvalidMessage) => void;
  readonly #listeners = new Map<string, Set<Listener>>();
  // Only a schema that takes its time makes others wait.
  #checking: Promise<void> | undefined;

  constructor(schemas: SchemaMap, invalid: (invalid: InvalidMessage) => void) {
    this.#schemas = schemas;
    this.#invalid = invalid;
  }

  /** Adds a listener; returns what removes it. */
  on(type: string, listener: Listener): () => void {
    const those = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, those.add(listener));
    return () => those.delete(listener);
  }

  /** Checks a message and hands it on. */
  receive(message: TypedMessage): void {
    const checked = this.#checking ? this.#checking.then(() => this.#check(message)) : this.#check(message);
    if (!checked) return;
    const checking = checked.finally(() => {
      if (this.#checking === checking) this.#checking = undefined;
    });
    this.#checking = checking;
  }

  #check(message: TypedMessage): Promise<void> | undefined {
    if (!Object.hasOwn(this.#schemas, message.type)) return void this.#tell(message);
    const found = this.#schemas[message.type]!["~standard"].validate(message);
    const take = (result: Awaited<typeof found>) => {
      if (result.issues) safely(() => this.#invalid({ message, issues: result.issues }));
      else this.#tell(withType(result.value, message.type));
    };
    return found instanceof Promise ? found.then(take).catch(report) : void take(found);
  }

  #tell(message: TypedMessage): void {
    for (const listener of this.#listeners.get(message.type) ?? []) safely(() => listener(message));
  }
}

function withType(value: unknown, type: string): TypedMessage {
  const isTyped = typeof value === "object" && value !== null && "type" in value;
  return isTyped ? (value as TypedMessage) : { ...(value as object), type };
}
