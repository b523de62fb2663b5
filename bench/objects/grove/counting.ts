import { Rpc } from "loom-do";
import type { GroveObject } from "../../../examples/grove/objects/grove-object.ts";
import type { GroveEnv } from "../../../examples/grove/types.ts";
import { counted } from "../counted.ts";
import { followClock, takeAlarm } from "./clock.ts";
import { countedD1 } from "./counted-d1.ts";
import { Usage } from "./usage.ts";

/** What the objects behind each binding have used. */
export const usages = { TENANTS: new Usage(), ANALYTICS: new Usage(), POSTS: new Usage(), SESSIONS: new Usage() };

type Binding = keyof typeof usages;
type ObjectClass = new (...args: any[]) => GroveObject; // TypeScript takes no other arguments for a mixin's base

/** The class behind a binding as it is, but counted, and with the bench's clock for its alarm. */
export function counting<Base extends ObjectClass>(Base: Base, binding: Binding) {
  const usage = usages[binding];

  return class extends Base {
    readonly #fire: () => Promise<void>;
    #whenRun: (() => void) | undefined;

    // As above.
    constructor(...args: any[]) {
      const [ctx, env] = args as [DurableObjectState, GroveEnv]; // the platform's
      const fire = followClock(ctx, () => ringerOf(env, binding, ctx).ring());
      super(counted(ctx, usage.rows), countedEnv(env, usage));
      this.#fire = fire;
    }

    /** Has the alarm run, in an event of its own. */
    @Rpc({ args: [] })
    async ring() {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenRun = resolve;
      await this.#fire();
      await promise;
    }

    override async alarm(info?: AlarmInvocationInfo) {
      const scheduledTime = takeAlarm(this.ctx);
      try {
        await usage.request(async () => super.alarm(info && { ...info, scheduledTime }));
      } finally {
        this.#whenRun?.();
      }
    }
  };
}

/** `env` with a D1 that counts for its user, and with objects whose requests are counted. */
export function countedEnv(env: GroveEnv, usage: Usage): GroveEnv {
  const namespaces = Object.entries(usages).map(([name, its]) => [name, countedNamespace(env[name as Binding], its)]);
  return { ...env, ...Object.fromEntries(namespaces), DB: countedD1(env.DB!, usage) };
}

function countedNamespace(namespace: DurableObjectNamespace, usage: Usage): object {
  return { getByName: (name: string) => countedStub(namespace.getByName(name), usage) };
}

type Callable = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;

function countedStub(stub: DurableObjectStub, usage: Usage): object {
  const methods = stub as unknown as Callable; // what is called is known to those who call
  return new Proxy(stub, {
    get:
      (_, name) =>
      (...args: readonly unknown[]) =>
        usage.request(() => methods[String(name)]!(...args)),
  });
}

function ringerOf(env: GroveEnv, binding: Binding, ctx: DurableObjectState): { ring(): Promise<void> } {
  const namespace: DurableObjectNamespace = env[binding];
  return namespace.getByName(ctx.id.name!) as unknown as { ring(): Promise<void> }; // the method above
}
