import type { Answering, Delivery } from "../../node/support/sink.ts";

/** A sink's answers that hold one delivery for ever: its sender is inside a handler, and may be killed there. */
export class Trap {
  readonly #otherwise: Answering;
  #matches: ((delivery: Delivery) => boolean) | undefined;
  #remaining = 0;
  #sprung = Promise.withResolvers<void>();

  constructor(otherwise: Answering = () => 200) {
    this.#otherwise = otherwise;
  }

  readonly answer: Answering = (delivery) => {
    if (!this.#matches?.(delivery) || --this.#remaining > 0) return this.#otherwise(delivery);
    this.#matches = undefined;
    this.#sprung.resolve();
    return new Promise<never>(() => {});
  };

  /** Resolves when the `count`th delivery that `matches` has arrived; it gets no answer. */
  set(matches: (delivery: Delivery) => boolean, count = 1): Promise<void> {
    this.#matches = matches;
    this.#remaining = count;
    this.#sprung = Promise.withResolvers();
    return this.#sprung.promise;
  }
}
