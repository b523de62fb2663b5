import { wake } from "loom-do/testing";
import * as fixtures from "../../fixtures/testing.ts";
import type { Driver } from "../../testing/suite/driver.ts";
import { suite } from "../../testing/suite/suite.ts";

const kit: Driver = {
  open(className, name) {
    const Class = (fixtures as unknown as Record<string, Parameters<typeof wake>[0]>)[className]!;
    const object = wake(Class, name === undefined ? {} : { name });
    return {
      stub: object.call as never,
      again: () => object.call as never,
      inside: (look) => object.inside(look as never) as never,
      evict: () => object.evict(),
      async ring() {
        const time = await object.storage.getAlarm();
        if (time !== null) await object.advance(Math.max(0, time - object.now.getTime()));
        return time !== null;
      },
    };
  },
};

suite(kit);
