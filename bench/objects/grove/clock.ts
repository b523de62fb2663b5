/** When an object has asked to be called, and what calls it. */
interface Alarm {
  readonly due: number;
  readonly ring: () => Promise<void>;
}

// By the id of the object, which may have been evicted since.
const alarms = new Map<string, Alarm>();
let now = 0;

// It stands still until it is moved: an hour is the same each time, and takes as long as what happens in it.
Date.now = () => now;

/** Moves the clock on; what is due by then happens at its own time. */
export async function advance(time: number): Promise<void> {
  for (let next = earliest(time); next; next = earliest(time)) {
    now = Math.max(now, next.due);
    await next.ring();
  }
  now = time;
}

/** Has the alarm of `ctx` go by this clock and `ring` when it is due. What it gives back fires the platform's own. */
export function followClock(ctx: DurableObjectState, ring: () => Promise<void>): () => Promise<void> {
  const { storage } = ctx;
  const id = ctx.id.toString();
  const setAlarm = storage.setAlarm.bind(storage);
  const replace = (name: keyof DurableObjectStorage, value: unknown) =>
    Object.defineProperty(storage, name, { value, configurable: true });
  replace("setAlarm", async (due: number | Date) => void alarms.set(id, { due: Number(due), ring }));
  replace("deleteAlarm", async () => void alarms.delete(id));
  replace("getAlarm", async () => alarms.get(id)?.due ?? null);
  return () => setAlarm(1);
}

/** When the alarm that has rung was due; it is spent. */
export function takeAlarm({ id }: DurableObjectState): number {
  const due = alarms.get(id.toString())?.due ?? now;
  alarms.delete(id.toString());
  return due;
}

function earliest(time: number): Alarm | undefined {
  const due = [...alarms.values()].filter((alarm) => alarm.due <= time);
  return due.sort((one, other) => one.due - other.due)[0];
}
