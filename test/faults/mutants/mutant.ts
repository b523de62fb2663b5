/** A deliberate fault, and the tests that have to notice it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The test files, of which at least one test has to fail. */
  readonly tests: readonly string[];
}
