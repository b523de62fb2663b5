import type { ErrorMessage } from "./messages.ts";

/**
 * What became of a message.
 *
 * - `handled`: its handler is done, and what that changed is saved.
 * - `received`: the object's machine has it; a crash of that machine may still lose it.
 * - `failed`: the object answered it with an error.
 * - `uncertain`: it was sent, and the connection broke before that was answered.
 * - `unsent`: it never left.
 */
export type Delivery =
  | { readonly outcome: "handled" | "received" | "uncertain" }
  | { readonly outcome: "failed"; readonly error: ErrorMessage }
  | {
      readonly outcome: "unsent";
      /** More waits than `maxPending`, or the connection is closed for good. */
      readonly reason: "full" | "closed";
    };

/** A message that did not arrive, or may not have. */
export interface Lost<Message> {
  readonly message: Message;
  readonly outcome: "uncertain" | "unsent";
}
