import { nextTurn, quietTimer, real } from "../node.ts";

/** What the kit does, on whatever clock. */
export const progress = {
  /** Grows with every event, frame, timer and call of a binding. */
  steps: 0,
  /** How often `advance` and `settle` run: the test goes on after them. */
  moves: 0,
};

/** Counts `work`, which a test has asked for and goes on after. */
export function moving(work: Promise<void>): Promise<void> {
  progress.moves += 1;
  return work.finally(() => (progress.moves -= 1));
}

/** How long nothing may happen before the kit takes it that all there is waits for something. */
export const quiet = { milliseconds: 50, turns: 20 };

/** What is asked again and again while something is waited for. */
export interface Watch {
  /** True while it may still come by itself, however long that takes. */
  readonly hope: () => boolean;
  /** True when nobody waits any more. */
  readonly isOver: () => boolean;
}

/** Resolves when nothing happens any more and there is no hope, or when nobody waits. */
export async function stillness({ hope, isOver }: Watch): Promise<void> {
  let [steps, stepped] = [-1, real.now()];
  let [turns, since] = [0, stepped];
  while (!isOver()) {
    const hopes = hope();
    if (steps !== progress.steps) [steps, stepped] = [progress.steps, real.now()];
    if (hopes || stepped > since) [turns, since] = [0, real.now()];
    if (turns > quiet.turns && real.now() - since > quiet.milliseconds) return;
    turns += 1;
    await (real.now() - stepped > quiet.milliseconds && hopes ? pause() : nextTurn());
  }
}

/** For what takes long: turns without a pause would keep the processor busy. */
function pause(): Promise<void> {
  return new Promise((resolve) => void quietTimer(resolve, 5));
}
