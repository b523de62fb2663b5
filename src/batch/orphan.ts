import type { AlarmTarget } from "../alarm/target.ts";
import { misuse } from "../errors.ts";
import { alarmKeyOf } from "./declared.ts";

/** What can run at a time of its own, by name; a sink that the class has lost is waited for, and its items are kept. */
export class Targets extends Map<string, AlarmTarget> {
  constructor(targets: readonly AlarmTarget[]) {
    super(targets.map((target) => [target.name, target]));
  }

  override get(name: string): AlarmTarget | undefined {
    return super.get(name) ?? (name.startsWith(alarmKeyOf("")) ? orphan(name) : undefined);
  }
}

/** Fails, and so is logged, again and again, in the end once an hour: until a version of the class has the sink. */
function orphan(name: string): AlarmTarget {
  return {
    name,
    policy: { retries: Number.MAX_SAFE_INTEGER, backoff: "1m" },
    run() {
      const sink = name.slice(alarmKeyOf("").length);
      throw misuse(
        `@Batched ${sink}: items wait for a sink that the class no longer has. Declare it again, or name it so.`,
      );
    },
  };
}
