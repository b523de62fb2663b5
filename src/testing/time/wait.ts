import { misuse } from "../../errors.ts";
import type { Clock } from "./clock.ts";
import { stillness } from "./stillness.ts";

/** A promise that is looked after from when somebody awaits it: until then the test may do what ends it. */
class Wait<Value> extends Promise<Value> {
  #look: (() => void) | undefined;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  static on<Value>(promise: Promise<Value>, look: () => void): Promise<Value> {
    const wait = new Wait<Value>((resolve) => resolve(promise));
    wait.#look = look;
    return wait;
  }

  /** `await` calls it, too: this is not a plain promise. */
  // oxlint-disable-next-line unicorn/no-thenable -- every promise has one
  override then<Kept = Value, Caught = never>(
    kept?: ((value: Value) => Kept | PromiseLike<Kept>) | null,
    caught?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    const look = this.#look;
    this.#look = undefined;
    look?.();
    return super.then(kept, caught);
  }
}

/** The end of `wait`; it is rejected for the reason that `despair` gives when nothing comes by itself any more. */
export function patiently<Value>(
  wait: PromiseWithResolvers<Value>,
  clock: Clock,
  despair: () => string | undefined,
): Promise<Value> {
  // The failure is made in a turn that knows nothing of the test's lines.
  const { stack = "" } = new Error();
  let isOver = false;
  const end = () => void (isOver = true);
  wait.promise.then(end, end);
  const watch = { hope: () => clock.goesOn || despair() === undefined, isOver: () => isOver };
  return Wait.on(wait.promise, () => {
    void stillness(watch).then(() => isOver || wait.reject(failure(despair()!, stack)));
  });
}

/** The failure of a wait that began where `stack` was taken. */
function failure(reason: string, stack: string): Error {
  const error = misuse(reason);
  const lines = stack.slice(stack.indexOf("\n"));
  return Object.defineProperty(error, "stack", { value: `${error.name}: ${error.message}${lines}` });
}

/** Why nothing comes while no event runs, and what to do. */
export function whyNothing(clock: Clock): string {
  const next = clock.next();
  if (!next) return "nothing runs in the object, and nothing is on its clock. Send or call something before.";
  const times = `Its time stands at ${isoOf(clock.now())}, and what is next comes at ${isoOf(next.time)}`;
  return `nothing runs in the object. ${times}. Write ${advanceTo(next.time, clock)} before.`;
}

/** The call that moves the time of `clock` to `time`. */
export function advanceTo(time: number, clock: Clock): string {
  return `\`advance("${spelled(Math.max(0, time - clock.now()))}")\``;
}

export function isoOf(time: number): string {
  return new Date(time).toISOString();
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

function spelled(milliseconds: number): string {
  const [unit, length] = units.find(([, each]) => milliseconds > 0 && milliseconds % each === 0) ?? ["ms", 1];
  return `${milliseconds / length}${unit}`;
}
