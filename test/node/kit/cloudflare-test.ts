import { MockNamespace } from "../../../src/testing/object/namespace.ts";
import { homeOf } from "../../../src/testing/object/stub.ts";
import { env } from "./cloudflare-workers.ts";

type Alarmed = { alarm(): unknown };

/** Runs `look` in the object that `stub` calls. */
export function runInDurableObject(stub: object, look: (object: object, ctx: object) => unknown): Promise<unknown> {
  const home = homeOf(stub)!;
  return home.deliver((object) => look(object, home.awake().state), "runInDurableObject()");
}

/** Takes the object out of memory. */
export function evictDurableObject(stub: object): Promise<void> {
  return homeOf(stub)!.evict();
}

/** Resets all objects on the spot. */
export async function abortAllDurableObjects(): Promise<void> {
  const namespaces = Object.values(env).filter((binding) => binding instanceof MockNamespace);
  for (const home of namespaces.flatMap((namespace) => namespace.homes())) {
    home.fail(new Error("Application called abortAllDurableObjects()."));
  }
}

/** Runs the alarm that is set, whenever it is due, as the platform's own helper does: it is gone before. */
export function runDurableObjectAlarm(stub: object): Promise<boolean> {
  const home = homeOf(stub)!;
  const { alarm } = home;
  return home.deliver(async (object) => {
    if (alarm.get() === null) return false;
    alarm.delete();
    await (object as Alarmed).alarm();
    return true;
  }, "alarm()");
}

/** Nothing to do: the kit's D1 has its migrations from the start. */
export async function applyD1Migrations(): Promise<void> {}

/** The ids of the objects that a namespace has been asked for. */
export async function listDurableObjectIds(namespace: MockNamespace): Promise<unknown[]> {
  return namespace.homes().map((home) => home.awake().state.id);
}
