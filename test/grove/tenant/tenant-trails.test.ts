import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { TenantDO } from "../../../examples/grove/objects/tenant.ts";
import { microtasks } from "../../support/calls.ts";
import { capture } from "../../support/log.ts";
import { failureOf } from "../../support/failure.ts";
import { objectOf } from "../../support.ts";
import { grove } from "../support/grove.ts";
import { prepareDatabase } from "../support/database.ts";
import { withoutD1 } from "./tenants.ts";

const now = Date.UTC(2030, 0);
const minute = 60_000;
const trail = { slug: "ridge", title: "The Ridge", waypoints: [{ id: "w1", title: "Camp", status: "planned" }] };

beforeAll(prepareDatabase);
// Years ahead: no alarm comes by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now }));

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function newTenant(binding = "TenantOnFailingD1") {
  return objectOf<TenantDO>(binding, `tenant:${crypto.randomUUID()}`);
}

/** Puts a waypoint into D1: its id. */
async function newWaypoint(): Promise<string> {
  const id = crypto.randomUUID();
  await grove.DB.prepare("INSERT INTO trail_waypoints (id, title, updated_at) VALUES (?, 'Camp', 'then')")
    .bind(id)
    .run();
  return id;
}

function inD1(id: string) {
  return grove.DB.prepare("SELECT status, title, updated_at FROM trail_waypoints WHERE id = ?").bind(id).first();
}

function alarmOf(tenant: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(tenant, (_object, { storage }) => storage.getAlarm());
}

test("a trail that nobody has set is null", async () => {
  expect(await newTenant().getTrail("ridge")).toBeNull();
});

test("a trail is there for five minutes, over an eviction too, and then not", async () => {
  const tenant = newTenant();
  await tenant.setTrail("ridge", trail);
  await evictDurableObject(tenant);

  vi.setSystemTime(now + 5 * minute - 1);
  expect(await tenant.getTrail("ridge")).toEqual(trail);
  vi.setSystemTime(now + 5 * minute);
  expect(await tenant.getTrail("ridge")).toBeNull();
});

test("an invalidated trail is gone, and no other", async () => {
  const tenant = newTenant();
  await tenant.setTrail("ridge", trail);
  await tenant.setTrail("shore", { title: "The Shore" });

  await tenant.invalidateTrail("ridge");

  expect(await tenant.getTrail("ridge")).toBeNull();
  expect(await tenant.getTrail("shore")).toEqual({ title: "The Shore" });
});

test("of a hundred trails the one that was set longest ago makes room", async () => {
  const tenant = newTenant();
  await runInDurableObject(tenant, (object) => {
    Array.from({ length: 100 }, (_, n) => {
      vi.setSystemTime(now + n);
      object.setTrail(`trail-${n}`, { n });
    });
    object.setTrail("trail-7", { n: "anew" });
  });
  expect(await tenant.getTrail("trail-0")).toEqual({ n: 0 });

  await tenant.setTrail("one-more", {});

  expect(await tenant.getTrail("trail-0")).toBeNull();
  expect(await tenant.getTrail("trail-1")).toEqual({ n: 1 });
  expect(await tenant.getTrail("trail-7")).toEqual({ n: "anew" });
  expect(await tenant.getTrail("one-more")).toEqual({});
});

test("statuses reach D1 together, five minutes after the first, the newest of each waypoint", async () => {
  const tenant = newTenant();
  const [one, other] = [await newWaypoint(), await newWaypoint()];
  await tenant.queueWaypointUpdate(one, "in_progress");
  vi.setSystemTime(now + minute);
  await tenant.queueWaypointUpdate(other, "deferred");
  await tenant.queueWaypointUpdate(one, "complete");
  expect(await alarmOf(tenant)).toBe(now + 5 * minute);
  expect(await inD1(one)).toMatchObject({ status: "planned" });
  await evictDurableObject(tenant);

  await runDurableObjectAlarm(tenant);

  expect(await inD1(one)).toEqual({ status: "complete", title: "Camp", updated_at: "2030-01-01T00:01:00.000Z" });
  expect(await inD1(other)).toMatchObject({ status: "deferred" });
  expect(await alarmOf(tenant)).toBeNull();
});

test.for(["planned", "in_progress", "complete", "deferred"] as const)("a waypoint may be %s", async (status) => {
  const tenant = newTenant();
  const id = await newWaypoint();
  await tenant.queueWaypointUpdate(id, "complete");
  await tenant.queueWaypointUpdate(id, status);

  await tenant.flushWaypointUpdates();

  expect(await inD1(id)).toMatchObject({ status });
});

test("flushWaypointUpdates tells D1 now; the alarm finds nothing left to tell", async () => {
  const tenant = newTenant();
  const id = await newWaypoint();
  await tenant.queueWaypointUpdate(id, "complete");

  await tenant.flushWaypointUpdates();
  await grove.DB.prepare("UPDATE trail_waypoints SET status = 'planned' WHERE id = ?").bind(id).run();
  await runDurableObjectAlarm(tenant);

  expect(await inD1(id)).toMatchObject({ status: "planned" });
});

test("a waypoint that changes while D1 is being told is told again", async () => {
  const tenant = newTenant();
  const id = await newWaypoint();
  await tenant.queueWaypointUpdate(id, "in_progress");

  await runInDurableObject(tenant, async (object) => {
    const flush = object.flushWaypointUpdates();
    await microtasks();
    object.queueWaypointUpdate(id, "complete");
    await flush;
  });
  expect(await inD1(id)).toMatchObject({ status: "in_progress" });
  await runDurableObjectAlarm(tenant);

  expect(await inD1(id)).toMatchObject({ status: "complete" });
});

test("a waypoint that D1 does not know holds up no other", async () => {
  const tenant = newTenant();
  const id = await newWaypoint();
  await tenant.queueWaypointUpdate("unknown", "complete");
  await tenant.queueWaypointUpdate(id, "complete");

  await runDurableObjectAlarm(tenant);

  expect(await inD1(id)).toMatchObject({ status: "complete" });
});

test("while D1 fails statuses wait, and are told once it answers", async () => {
  const tenant = newTenant();
  const id = await newWaypoint();
  capture();
  await tenant.queueWaypointUpdate(id, "complete");

  expect(await failureOf(withoutD1(() => tenant.flushWaypointUpdates()))).toMatchObject({ status: 503 });
  await withoutD1(() => runDurableObjectAlarm(tenant));
  expect(await alarmOf(tenant)).toBeGreaterThan(now);
  await runDurableObjectAlarm(tenant);

  expect(await inD1(id)).toMatchObject({ status: "complete" });
});

test("who changed a waypoint sees it in the trail at once, and after the flush nobody sees the old one", async () => {
  const tenant = newTenant();
  await tenant.setTrail("ridge", trail);

  await tenant.queueWaypointUpdate("w1", "complete");
  const meanwhile = await tenant.getTrail("ridge");
  await tenant.flushWaypointUpdates();

  expect(meanwhile).toEqual({ ...trail, waypoints: [{ ...trail.waypoints[0], status: "complete" }] });
  expect(await tenant.getTrail("ridge")).toBeNull();
});

test("a thousand waypoints may wait; one of them may change again", async () => {
  const tenant = newTenant();
  await runInDurableObject(tenant, (object) => {
    Array.from({ length: 1_000 }, (_, n) => object.queueWaypointUpdate(`w${n}`, "planned"));
  });

  expect(await failureOf(tenant.queueWaypointUpdate("one-more", "planned"))).toMatchObject({
    ...{ status: 503, message: "GROVE-TENANT: Too many waypoint updates" },
  });
  await tenant.queueWaypointUpdate("w7", "complete");
  await tenant.setTrail("ridge", { waypoints: [{ id: "w7" }] });
  expect(await tenant.getTrail("ridge")).toEqual({ waypoints: [{ id: "w7", status: "complete" }] });
});

test.for<{ method: string; args: readonly unknown[] }>([
  { method: "getTrail", args: [""] },
  { method: "getTrail", args: ["s".repeat(201)] },
  { method: "setTrail", args: ["ridge"] },
  { method: "setTrail", args: ["ridge", null] },
  { method: "setTrail", args: ["ridge", []] },
  { method: "setTrail", args: ["ridge", { big: 1n }] },
  { method: "setTrail", args: ["ridge", { waypoints: "w1" }] },
  { method: "setTrail", args: ["ridge", { waypoints: [{ id: 5 }] }] },
  { method: "setTrail", args: ["ridge", { text: "x".repeat(524_288) }] },
  { method: "invalidateTrail", args: [5] },
  { method: "queueWaypointUpdate", args: ["", "planned"] },
  { method: "queueWaypointUpdate", args: ["w".repeat(201), "planned"] },
  { method: "queueWaypointUpdate", args: ["w1", "done"] },
  { method: "queueWaypointUpdate", args: ["w1"] },
])("$method with what will not do is refused and stores nothing", async ({ method, args }) => {
  const tenant = newTenant();
  const untyped = tenant as unknown as Record<string, (...given: readonly unknown[]) => Promise<unknown>>;

  expect(await failureOf(untyped[method]!(...args))).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
  expect([await tenant.getTrail("ridge"), await alarmOf(tenant)]).toEqual([null, null]);
});

test("the longest slug and id and the largest trail are taken", async () => {
  const tenant = newTenant();
  const largest = { text: "x".repeat(524_288 - '{"text":""}'.length) };

  await tenant.setTrail("s".repeat(200), largest);
  await tenant.queueWaypointUpdate("w".repeat(200), "planned");

  expect(await tenant.getTrail("s".repeat(200))).toEqual(largest);
});

test("without the binding DB statuses wait, and trails are served", async () => {
  const tenant = newTenant("TenantWithoutDatabase");
  capture();
  await tenant.setTrail("ridge", trail);
  await tenant.queueWaypointUpdate("w1", "planned");

  await runDurableObjectAlarm(tenant);

  expect(await alarmOf(tenant)).toBeGreaterThan(now);
  expect(await tenant.getTrail("ridge")).toEqual(trail);
});
