import { expect, test } from "vitest";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";
import { delivery, inside } from "./support.ts";

test("a failure is not retried in the place of an alarm whose handler runs: that would lose its tries", async () => {
  capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("once", 0);
    await object.alarm(delivery(Date.now(), 0));
    const [failure] = object.scheduler.failed();
    let refused: unknown;
    object.act = async () => {
      refused = await failureOf(Promise.resolve().then(() => object.scheduler.retry(failure!.id)));
    };
    object.scheduler.schedule("once", 0);

    await object.alarm(delivery(Date.now(), 0));

    expect(String(refused)).toContain("has been scheduled anew");
    expect(object.scheduler.failed()).toMatchObject([{ id: failure!.id }]);
  });
});
