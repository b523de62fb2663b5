import { running, type Running } from "../object/context.ts";
import type { Entry } from "./entry.ts";

type Task = (...args: unknown[]) => unknown;

interface Timer {
  readonly owner: Running;
  entry: Entry;
}

const native = {
  ...{ setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval, clear: globalThis.clearTimeout },
};

// Far from Node's own numbers, so that either kind can be cleared from anywhere.
let lastId = 2 ** 40;
const timers = new Map<number, Timer>();

/** `setTimeout`: in the code of an object it goes by the object's clock. */
export function setTimer(task: Task, delay = 0, ...args: unknown[]): unknown {
  const owner = running.getStore();
  if (!owner) return native.setTimeout(task, delay, ...args);
  const id = (lastId += 1);
  start(id, owner, { delay, run: () => (timers.delete(id), task(...args)) });
  return id;
}

/** `setInterval`: in the code of an object it goes by the object's clock. */
export function setRepeated(task: Task, delay = 0, ...args: unknown[]): unknown {
  const owner = running.getStore();
  if (!owner) return native.setInterval(task, delay, ...args);
  const id = (lastId += 1);
  const run = () => {
    start(id, owner, { delay: Math.max(1, delay), run });
    task(...args);
  };
  start(id, owner, { delay: Math.max(1, delay), run });
  return id;
}

/** `clearTimeout` and `clearInterval`. */
export function clearTimer(id: unknown): void {
  const timer = timers.get(id as number);
  if (!timer) return native.clear(id as number);
  timers.delete(id as number);
  const { wake } = timer.owner;
  wake.timers.delete(timer.entry);
  wake.home.clock.cancel(timer.entry);
}

interface Planned {
  readonly delay: number;
  readonly run: () => void;
}

function start(id: number, owner: Running, { delay, run }: Planned): void {
  const { wake, section } = owner;
  if (wake.isOver) return;
  const { clock } = wake.home;
  const due = clock.now() + Math.max(0, Number(delay) || 0);
  const entry = clock.at(due, () => void ring(), { holdsProcess: true });
  timers.set(id, { owner, entry });
  wake.timers.add(entry);
  async function ring(): Promise<void> {
    wake.timers.delete(entry);
    // A timer is an event of the object, too.
    await wake.gate.enter(section);
    if (!wake.isOver && timers.has(id)) wake.inside(run, section);
  }
}
