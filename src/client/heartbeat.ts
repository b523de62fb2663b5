/** What a heartbeat needs; times in milliseconds. */
export interface HeartbeatOptions {
  /** From a pong to the next ping. */
  readonly interval: number;
  /** How long nothing may arrive after a ping. */
  readonly patience: number;
  readonly ping: () => void;
  /** The connection does not answer. */
  readonly dead: () => void;
}

/** Pings an open connection; at most one ping is under way. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWaiting = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Begins with a connection. */
  start(): void {
    this.#isWaiting = false;
    this.#arm();
  }

  /** Ends with it. */
  stop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** Pings now, unless a ping is under way. */
  beat(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#arm();
    this.#options.ping();
  }

  /** Something arrived: the connection lives, however far behind the pong is. */
  heard(): void {
    if (this.#isWaiting) this.#arm();
  }

  /** The pong arrived. */
  pong(): void {
    this.#isWaiting = false;
    this.#arm();
  }

  #arm(): void {
    this.stop();
    const { interval, patience, dead } = this.#options;
    this.#timer = this.#isWaiting ? setTimeout(dead, patience) : setTimeout(() => this.beat(), interval);
  }
}
