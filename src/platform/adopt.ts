/** Under which a stand-in state of the testing kit learns of the object that was made with it. */
export const adopt: unique symbol = Symbol.for("loom.adopt") as never; // `Symbol.for` is not typed as unique

/** What may be given to an object in place of the platform's state. */
export interface Adopting {
  [adopt]?(object: object): void;
}
