import { afterEach, expect, test, vi } from "vitest";
import { capture } from "../support/log.ts";
import { delivery, inside } from "./support.ts";

const replaced = "It was cancelled or scheduled anew while it ran: this run is not tried again.";

afterEach(() => vi.restoreAllMocks());

test("the log of a try that failed says when the next one is", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("greet", 0, undefined, { key: "7" });

    await object.alarm(delivery());

    const nextTry = new Date(object.scheduler.getScheduledTime("greet", { key: "7" })!).toISOString();
    expect(lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "greet", attempt: 1, nextTry }]);
    expect(lines[0]).not.toHaveProperty("isLast");
  });
});

test("the log of the last try says so, which alarm it was of and where that is kept", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("once", 0, "payload", { key: "7" });

    await object.alarm(delivery());

    const { id } = object.scheduler.failed()[0]!;
    const hint = `It is kept in \`alarms.failed()\`: \`alarms.retry(${id})\` has it run again.`;
    expect(lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "once", key: "7", attempt: 1, isLast: true, hint }]);
    expect(lines[0]).not.toHaveProperty("nextTry");
  });
});

test.for(["greet", "once"])(
  "the log of a run of %s whose alarm was replaced says that it is not tried again",
  async (name) => {
    const { lines } = capture();
    await inside(async (object) => {
      object.act = () => {
        object.scheduler.schedule(name!, "1h");
        throw new Error("too late");
      };
      object.scheduler.schedule(name!, 0);

      await object.alarm(delivery());

      expect(lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: name, attempt: 1, hint: replaced }]);
      expect(lines[0]).not.toHaveProperty("nextTry");
      expect(object.scheduler.failed()).toEqual([]);
    });
  },
);
