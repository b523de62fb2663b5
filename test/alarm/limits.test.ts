import { afterEach, expect, test, vi } from "vitest";
import { KeyIndex } from "../../src/alarm/key-index.ts";
import { AlarmTable } from "../../src/alarm/table.ts";
import { delivery, gate, inside } from "./support.ts";

const aMinute = 60_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

// The platform ends an alarm after 15 minutes.
test("what could run beyond the platform's 15 minutes is left to the next call, which comes at once", async () => {
  await inside(async (object) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
    const slow = gate();
    object.act = (name) => (name === "greet" ? slow.promise : undefined);
    object.scheduler.schedule("greet", 0, 1, { key: "1" });
    object.scheduler.schedule("greet", 0, 2, { key: "2" });
    const running = object.alarm(delivery());
    await vi.waitFor(() => expect(object.runs).toHaveLength(1));

    vi.setSystemTime(Date.now() + 14 * aMinute);
    slow.resolve(undefined);
    await running;

    expect(object.runs.map(({ key }) => key)).toEqual(["1"]);
    expect(await object.storage.getAlarm()).toBeLessThanOrEqual(Date.now());
    await object.alarm(delivery());
    expect(object.runs.map(({ key }) => key)).toEqual(["1", "2"]);
  });
});

test("a handler that has not ended after 15 minutes holds its name no longer", async () => {
  await inside(async (object) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
    const hang = gate();
    object.act = (_name, payload) => (payload === 1 ? hang.promise : undefined);
    object.scheduler.schedule("mail", 0, 1, { key: "1" });
    await object.alarm(delivery());
    object.scheduler.cancel("mail", { key: "1" });
    object.scheduler.schedule("mail", 0, 2, { key: "2" });
    await object.alarm(delivery());
    expect(object.runs).toHaveLength(1);

    vi.setSystemTime(Date.now() + 15 * aMinute);
    await object.alarm(delivery());

    expect(object.runs.map(({ payload }) => payload)).toEqual([1, 2]);
    hang.resolve(undefined);
  });
});

test("with more keys than are remembered each is still found, moved and taken off", async () => {
  await inside((object) => {
    for (const key of ["1", "2", "3", "4"]) object.scheduler.schedule("greet", aMinute, undefined, { key });
    const table = new AlarmTable(object.storage.sql);
    const index = new KeyIndex(table, 2);
    const due = object.scheduler.getScheduledTime("greet", { key: "4" });

    expect(index.dueOf("greet\n4")).toBe(due);
    expect(index.dueOf("greet\n5")).toBeUndefined();
    table.remove(due!, "greet\n4");
    index.delete("greet\n4");
    expect(index.dueOf("greet\n4")).toBeUndefined();
    index.put("greet\n1", 5);
    expect(index.dueOf("greet\n1")).toBe(5);
  });
});
