/** The wake that uses a storage. */
export interface Tenant {
  /** True once the object was reset, evicted or crashed: its code may still run, and changes nothing any more. */
  readonly isOver: boolean;
  /** True for its own code, false for that of a test. */
  readonly isRunning: boolean;
  /** The object's clock. */
  now(): number;
  /** Throws for a class that has no `alarm()`. */
  checkAlarms(): void;
  /** Runs `work` while no event is delivered. */
  block<Result>(work: () => Promise<Result>): Promise<Result>;
}
