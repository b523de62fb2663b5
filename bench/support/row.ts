/** One line of the table of results. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** The 95 % interval of what was measured. */
  readonly interval?: string;
  readonly goal?: string;
  readonly isReached?: boolean;
  /** The same of what it is measured against, or what it consists of. */
  readonly beside?: string;
}

/** How much is measured. */
export interface Effort {
  /** Two or three minutes for the whole, with wider intervals. */
  readonly isQuick: boolean;
}
