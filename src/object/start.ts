import type { Blueprint } from "../blueprint.ts";
import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { guardMembers } from "./guard.ts";
import { endOfTurn } from "../microtask.ts";
import { hasStartSteps, prepareDatabase, runStartSteps } from "./steps.ts";
import { toolsOf } from "./tools.ts";
import type { AnyLoomDO } from "../types.ts";

/** The start of one object: runs its steps, refuses events while they fail, tries again with the next. */
export class Start {
  readonly #object: AnyLoomDO;
  readonly #blueprint: Blueprint;
  #isStarted = false;
  /** How many of constructor and steps are at work: what they call may run, events wait at the gate. */
  #inside = 1;
  /** The event that met the failure has not been refused yet. */
  #owesRefusal = false;
  #unreadable: LoomError | undefined;

  constructor(object: AnyLoomDO, blueprint: Blueprint) {
    this.#object = object;
    this.#blueprint = blueprint;
  }

  /** The first try. Never throws: an error in the constructor would leave the platform's own text to answer. */
  begin(): void {
    const hasMore = hasStartSteps(this.#object, this.#blueprint);
    try {
      prepareDatabase(this.#object, this.#blueprint);
      this.#isStarted = !hasMore;
      if (hasMore) void this.#block(async () => this.#unreadable ?? runStartSteps(this.#object, this.#blueprint));
    } catch (cause) {
      this.#fail(cause);
    }
    // The subclass constructor's body comes after this one, in the same turn.
    endOfTurn(() => {
      this.#inside -= 1;
    });
  }

  /** Notes that a stored field cannot be read; every event of this wake is refused. */
  refuse(error: LoomError): void {
    if (this.#unreadable) return;
    toolsOf(this.#object).log.loomError(error.def, { problem: error.message, cause: error.cause });
    this.#unreadable = error;
    this.#guard();
  }

  /** True while the constructor or a step is at work. */
  get isInside(): boolean {
    return this.#inside > 0;
  }

  /** Undefined when events may run; else the try that this event waits for, rejected with the reason. */
  enter(): Promise<void> | undefined {
    if (this.#inside > 0) return undefined;
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
    await this.#block(() => {
      prepareDatabase(this.#object, this.#blueprint);
      return runStartSteps(this.#object, this.#blueprint);
    });
    if (!this.#isStarted) await this.#refuseOnce();
  }

  // A throw inside the callback would reset the object and show its raw text to the caller: it is caught within.
  #block(steps: () => Promise<unknown>): Promise<void> {
    return toolsOf(this.#object).ctx.blockConcurrencyWhile(async () => {
      this.#inside += 1;
      try {
        await steps();
        this.#isStarted = true;
      } catch (cause) {
        this.#fail(cause);
      } finally {
        this.#inside -= 1;
      }
    });
  }

  #fail(cause: unknown): void {
    this.#owesRefusal = true;
    toolsOf(this.#object).log.loomError(LOOM_ERRORS.START_FAILED, { cause });
    this.#guard();
  }

  #guard(): void {
    const { prototypes, surface } = this.#blueprint;
    guardMembers(prototypes, surface.open);
  }
}
