import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { runInDurableObject } from "cloudflare:test";
import { Alarm } from "../../decorators/alarm.ts";
import { LoomDO } from "../../src/base.ts";
import { LoomError } from "../../src/errors.ts";
import type { AlarmedChecked } from "../fixtures/alarm.ts";
import { thrownBy } from "../storage/inside.ts";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";
import { delivery } from "./support.ts";

afterEach(() => vi.restoreAllMocks());

test("a handler is given what its schema makes of the payload", async () => {
  await runInDurableObject(objectOf<AlarmedChecked>("AlarmedChecked"), async (object: AlarmedChecked) => {
    object.scheduler.schedule("mail", 0, { size: "7" });

    await object.alarm(delivery());

    expect(object.given).toEqual([{ size: 7 }]);
  });
});

test("a payload that the schema refuses is the caller's mistake, told at the call with its issues", async () => {
  await runInDurableObject(objectOf<AlarmedChecked>("AlarmedChecked"), (object: AlarmedChecked) => {
    const error = thrownBy(() => object.scheduler.schedule("mail", 0, { size: "much" }));

    expect(error).toBeInstanceOf(LoomError);
    expect(error).toMatchObject({ code: "GROVE-LOOM-024", status: 400, issues: [{ path: ["size"] }] });
    expect(error.message).toContain("schedule mail: the payload does not fit its schema: ");
    expect(object.scheduler.list()).toEqual([]);
  });
});

test("a payload that fits no more, after a deploy say, is given up at once", async () => {
  const { lines } = capture();
  await runInDurableObject(objectOf<AlarmedChecked>("AlarmedChecked"), async (object: AlarmedChecked) => {
    object.scheduler.schedule("mail", 0, { size: "7" });
    object.storage.sql.exec(`UPDATE loom_alarms SET payload = '{"size":"much"}'`);

    await object.alarm(delivery());

    expect(object.given).toEqual([]);
    expect(object.scheduler.failed()).toMatchObject([{ attempts: 1, payload: { size: "much" } }]);
    expect(lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "mail" }]);
  });
});

test("an asynchronous schema is refused at the call", async () => {
  await runInDurableObject(objectOf<AlarmedChecked>("AlarmedChecked"), (object: AlarmedChecked) => {
    expect(thrownBy(() => object.scheduler.schedule("slow", 0, "x")).message).toContain("Use a synchronous one.");
  });
});

test("what recurs has no payload: a schema that refuses none is refused with the class", () => {
  const define = () =>
    class extends LoomDO {
      @Alarm("tick", { every: "1m", schema: z.object({ size: z.number() }) }) tick() {}
    };

  expect(define).toThrow("@Alarm tick recurs without a payload, which its schema refuses.");
});
