import { LOOM_ERRORS } from "./catalogue.ts";
import { LoomError } from "./errors.ts";
import type { LoomLogger } from "./logger.ts";

/** What an object does once a wake, before its first event. */
export interface StartSteps {
  /** The database's schema and migrations: in the base constructor, before the subclass has fields. */
  readonly prepare: () => void;
  /** `loadState` and `@OnStart`: before any event; absent when the class has neither. */
  readonly load: (() => Promise<void>) | undefined;
  /** Called when a start failed for the first time: from then on the class's methods ask before they run. */
  readonly onFailure: () => void;
}

/** The start of one object: runs its steps, refuses events while they fail, tries again with the next. */
export class Start {
  readonly #ctx: DurableObjectState;
  readonly #log: LoomLogger;
  readonly #steps: StartSteps;
  #isStarted = false;
  /** The constructor or a step is at work: what they call may run, events wait at the gate. */
  #isInside = true;
  /** The event that met the failure has not been refused yet. */
  #owesRefusal = false;
  #unreadable: LoomError | undefined;

  constructor(ctx: DurableObjectState, log: LoomLogger, steps: StartSteps) {
    this.#ctx = ctx;
    this.#log = log;
    this.#steps = steps;
  }

  /** The first try. Never throws: an error in the constructor would leave the platform's own text to answer. */
  begin(): void {
    try {
      this.#steps.prepare();
      this.#isStarted = this.#steps.load === undefined;
    } catch (cause) {
      this.#fail(cause);
    }
    // The subclass constructor's body comes after this one, in the same turn.
    queueMicrotask(() => (this.#isInside = false));
    if (this.#steps.load && !this.#owesRefusal) void this.#block(this.#steps.load);
  }

  /** Notes that a stored field cannot be read; every event of this wake is refused. */
  refuse(error: LoomError): void {
    if (this.#unreadable) return;
    this.#log.loomError(error.def, { problem: error.message, cause: error.cause });
    this.#unreadable = error;
    this.#steps.onFailure();
  }

  /** Undefined when events may run; else the try that this event waits for, rejected with the reason. */
  enter(): Promise<void> | undefined {
    if (this.#isInside) return undefined;
    if (this.#unreadable) return Promise.reject(this.#unreadable);
    if (this.#isStarted) return undefined;
    return this.#owesRefusal ? this.#refuseOnce() : this.#again();
  }

  #refuseOnce(): Promise<never> {
    this.#owesRefusal = false;
    return Promise.reject(new LoomError(LOOM_ERRORS.START_FAILED));
  }

  /** A new try; the event that made it is refused if it fails. */
  async #again(): Promise<void> {
    await this.#block(async () => {
      this.#steps.prepare();
      await this.#steps.load?.();
    });
    if (!this.#isStarted) await this.#refuseOnce();
  }

  // A throw inside the callback would reset the object and show its raw text to the caller: it is caught within.
  #block(steps: () => Promise<void>): Promise<void> {
    return this.#ctx.blockConcurrencyWhile(async () => {
      this.#isInside = true;
      try {
        await steps();
        this.#isStarted = true;
      } catch (cause) {
        this.#fail(cause);
      } finally {
        this.#isInside = false;
      }
    });
  }

  #fail(cause: unknown): void {
    this.#owesRefusal = true;
    this.#log.loomError(LOOM_ERRORS.START_FAILED, { cause });
    this.#steps.onFailure();
  }
}
