import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { AlarmedAsked } from "../fixtures/alarm.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";

const soon = new Date(Date.now() + 3_600_000);
const later = new Date(Date.now() + 7_200_000);

afterEach(() => vi.restoreAllMocks());

test("callers are told what is to come, its payload as it was given", async () => {
  const object = objectOf<AlarmedAsked>("AlarmedAsked");
  await object.plan("ada", soon);

  const pending = await object.pending();

  const known = { scheduledTime: soon, attempts: 0 };
  expect(pending).toEqual([
    { name: "invite", key: "ada", payload: { to: "ada", on: soon }, ...known },
    { name: "tidy", key: undefined, payload: undefined, ...known },
  ]);
});

test("callers are told what was given up, its payload as it was given", async () => {
  capture();
  const object = objectOf<AlarmedAsked>("AlarmedAsked");
  await object.plan("ada", soon);

  await runDurableObjectAlarm(object);

  expect(await object.failures()).toMatchObject([{ name: "invite", key: "ada", payload: { to: "ada", on: soon } }]);
});

test("the alarms of one method are listed without the others, as many as asked for", async () => {
  const object = objectOf<AlarmedAsked>("AlarmedAsked");
  await object.plan("ada", later);
  await object.plan("bob", soon);

  const [all, first] = [await object.invitations(), await object.invitations(1)];

  expect(all.map(({ payload }) => payload.to)).toEqual(["bob", "ada"]);
  expect(first.map(({ payload }) => payload.to)).toEqual(["bob"]);
});

test("the failures of one method are listed without the others", async () => {
  capture();
  const object = objectOf<AlarmedAsked>("AlarmedAsked");
  await object.plan("ada", soon);
  await runDurableObjectAlarm(object);

  const failed = await object.failedInvitations();

  expect(failed.map(({ payload }) => payload.on)).toEqual([soon]);
  expect(await object.failuresOf("tidy")).toEqual([]);
  expect(await failureOf(object.failuresOf("inv"))).toMatchObject({ code: "GROVE-LOOM-050" });
});
