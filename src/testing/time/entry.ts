/** What is to happen at a time. */
export interface Entry {
  readonly time: number;
  readonly run: () => void;
  timer: unknown;
}

/** How a thing on the clock is kept. */
export interface EntryOptions {
  /** True for what keeps the process running until it has happened. */
  readonly holdsProcess?: boolean;
}
