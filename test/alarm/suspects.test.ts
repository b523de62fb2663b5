import { expect, test } from "vitest";
import { delivery, inside } from "./support.ts";

// Of one name one runs at a time, in the order in which they are due: no other can have crashed the object.
test("after a crash the first alarm of each name runs alone, and a backlog of one name holds no other", async () => {
  await inside(async (object) => {
    const runs: unknown[] = [];
    object.act = (name) => {
      const struck = object.storage.sql.exec("SELECT key FROM loom_alarms WHERE strikes > 0").toArray();
      runs.push([name, struck.map(({ key }) => key)]);
    };
    for (const key of ["a", "b", "c"]) object.scheduler.schedule("greet", 0, undefined, { key });
    object.scheduler.schedule("once", 0);

    await object.alarm(delivery(Date.now(), 1));

    expect(runs).toEqual([
      ["greet", ["greet\na"]],
      ["once", ["once"]],
      ["greet", []],
      ["greet", []],
    ]);
  });
});
