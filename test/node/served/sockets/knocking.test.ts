import { describe, expect, test } from "vitest";
import { dates, servedAt } from "./served-at.ts";

describe.each(dates)("at compatibility date %s", (date) => {
  // Without the flag no object hears of a client that leaves before it has its answer.
  const compatibilityFlags = ["enable_request_signal"];
  const served = servedAt(date, { file: "sockets-door.ts", classes: ["Door"], compatibilityFlags });

  test.for(["/slow", "/slow-by-hand"])("a client that leaves while %s lets it in is no open socket", async (path) => {
    const object = served().object("Door");
    const watcher = await object.connect("/open");
    const client = object.knock(path);
    await watcher.until(3);

    client.die();
    await watcher.until(4);

    expect(watcher.received.slice(2)).toEqual(["knocked", "left"]);
    expect(await (await object.fetch("/count")).json()).toEqual({ count: 1, listed: 1 });
    expect(await object.evict()).toEqual({ value: "evicted" });
  });
});
