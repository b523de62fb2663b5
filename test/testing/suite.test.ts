import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { objectOf } from "../support.ts";
import type { Driver } from "./suite/driver.ts";
import { suite } from "./suite/suite.ts";

const workerd: Driver = {
  open(className, name) {
    const own = name ?? crypto.randomUUID();
    const stub = objectOf<never>(className, own) as DurableObjectStub<never>;
    return {
      stub: stub as never,
      again: () => objectOf<never>(className, own) as never,
      inside: (look) => runInDurableObject(stub, look as never),
      evict: () => evictDurableObject(stub),
      ring: () => runDurableObjectAlarm(stub),
    };
  },
};

suite(workerd);
