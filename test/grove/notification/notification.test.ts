import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { NewNotification } from "../../../examples/grove/types.ts";
import { failureOf } from "../../support/failure.ts";
import { capture } from "../../support/log.ts";
import { ask, data, json, notJson } from "../support/grove.ts";
import { alarmOf, allOf, at, comment, day, fill, hour, like, minute, newUser, rowsIn, start } from "./notifications.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a user nobody has notified has nothing, and its object waits for nothing", async () => {
  const { object } = newUser();

  expect(await object.getNotifications({})).toEqual({ notifications: [], unreadCount: 0 });
  expect(await object.getUnreadCount()).toBe(0);
  expect(await alarmOf(object)).toBeNull();
});

test("what is added is what is read", async () => {
  const { object } = newUser();

  const { id, aggregated } = await object.addNotification(comment("ada"));

  expect(aggregated).toBe(false);
  expect(await object.getNotifications({})).toEqual({
    notifications: [
      {
        ...{ id, type: "comment", actorId: "ada", targetType: "post", targetId: "p1", createdAt: start, readAt: null },
        ...{ aggregationKey: null, actorIds: ["ada"], count: 1 },
      },
    ],
    unreadCount: 1,
  });
});

test.for(["reaction", "follow"] as const)(
  "a %s within the hour goes into the one that is there, and up",
  async (type) => {
    const { object } = newUser();
    const first = await object.addNotification(like("ada", { type }));
    at(minute);
    await object.addNotification(comment("eve"));
    at(hour);

    const second = await object.addNotification(like("bob", { type }));

    expect(second).toEqual({ id: first.id, aggregated: true });
    expect(await allOf(object)).toMatchObject([
      { id: first.id, actorId: "bob", actorIds: ["bob", "ada"], count: 2, createdAt: start + hour },
      { type: "comment" },
    ]);
    expect(await object.getUnreadCount()).toBe(2);
  },
);

test.for(["comment", "mention"] as const)("a %s has a text of its own, and is not grouped", async (type) => {
  const { object } = newUser();

  await object.addNotification(comment("ada", { type }));
  await object.addNotification(comment("ada", { type }));

  expect(await allOf(object)).toMatchObject([
    { count: 1, aggregationKey: null },
    { count: 1, aggregationKey: null },
  ]);
});

test("a group has the type and the target that it is of", async () => {
  const { object } = newUser();

  await object.addNotification(like("ada"));
  await object.addNotification(like("ada", { targetId: "p2" }));
  await object.addNotification(like("ada", { targetType: "comment" }));
  await object.addNotification(like("ada", { type: "follow" }));

  const keys = (await allOf(object)).map(({ aggregationKey }) => aggregationKey);
  expect(keys.toSorted()).toEqual(["follow:post:p1", "reaction:comment:p1", "reaction:post:p1", "reaction:post:p2"]);
});

test("the same actor again is no news, and keeps the group open", async () => {
  const { object } = newUser();
  await object.addNotification(like("ada"));
  at(50 * minute);
  await object.addNotification(like("ada"));
  at(100 * minute);

  await object.addNotification(like("bob"));

  expect(await allOf(object)).toMatchObject([{ actorIds: ["bob", "ada"], count: 2, createdAt: start + 100 * minute }]);
});

test("3: more than an hour later a new group begins, and the old one keeps what it holds", async () => {
  const { object } = newUser();
  await object.addNotification(like("ada"));
  await object.addNotification(like("bob"));
  at(hour + 1);

  await object.addNotification(like("eve"));

  expect(await allOf(object)).toMatchObject([
    { actorIds: ["eve"], count: 1 },
    { actorIds: ["bob", "ada"], count: 2, createdAt: start },
  ]);
});

test("2: what was read does not grow: new activity is a new one", async () => {
  const { object } = newUser();
  await object.addNotification(like("ada"));
  await object.markRead("all");

  await object.addNotification(like("bob"));

  expect(await object.getUnreadCount()).toBe(1);
  expect((await allOf(object)).map(({ actorIds }) => actorIds).toSorted()).toEqual([["ada"], ["bob"]]);
});

test("1: of actors who come at once none is lost", async () => {
  const { object } = newUser();
  const actors = Array.from({ length: 20 }, (_, n) => `actor-${n}`);

  await Promise.all(actors.map((actor) => object.addNotification(like(actor))));

  expect(await allOf(object)).toMatchObject([{ count: 20 }]);
});

test("ten actors are shown, the count is of all", async () => {
  const { object } = newUser();

  for (const actor of Array.from({ length: 12 }, (_, n) => `actor-${n}`)) await object.addNotification(like(actor));
  const [notification] = await allOf(object);

  expect(notification).toMatchObject({ actorId: "actor-11", count: 12 });
  expect(notification!.actorIds).toEqual(Array.from({ length: 10 }, (_, n) => `actor-${11 - n}`));
});

test("of more than a thousand actors the first are counted and forgotten", async () => {
  const { object } = newUser();
  await object.addNotification(like("ada"));
  await runInDurableObject(object, (_, { storage }) => {
    const actors = JSON.stringify(Array.from({ length: 1_000 }, (_unused, n) => `actor-${n}`));
    storage.sql.exec("UPDATE notifications SET actor_ids = ?, count = 1000", actors);
  });

  await object.addNotification(like("one more"));
  const [row] = (await rowsIn(object, "notifications")) as { actor_ids: string; count: number }[];

  expect(row!.count).toBe(1_001);
  expect(JSON.parse(row!.actor_ids)).toHaveLength(1_000);
});

test("what a user does itself is left out", async () => {
  const { object, userId } = newUser();

  expect(await object.addNotification(like(userId))).toEqual({ id: null, aggregated: false });
  expect(await allOf(object)).toEqual([]);
});

test("a call that names itself counts once, with the same answer, also after an eviction", async () => {
  const { object } = newUser();
  const once = comment("ada", { dedupeKey: "comment-7" });

  const first = await object.addNotification(once);
  await evictDurableObject(object);
  const second = await object.addNotification(once);

  expect(second).toEqual(first);
  expect(await allOf(object)).toHaveLength(1);
});

test("a notification and its call's name are kept together or not at all", async () => {
  capture();
  const { object } = newUser();
  await runInDurableObject(object, (_, { storage }) => {
    storage.sql.exec("CREATE TRIGGER broken BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'broken'); END");
  });

  const failure = await failureOf(object.addNotification(comment("ada", { dedupeKey: "one" })));

  expect(failure).toMatchObject({ code: "GROVE-LOOM-041" });
  expect(await allOf(object)).toEqual([]);
});

test("a call's name is remembered for a day, and of more than 11,000 the newest 10,000", async () => {
  const { object } = newUser();
  const first = comment("ada", { dedupeKey: "first" });
  const { id } = await object.addNotification(first);
  await runInDurableObject(object, (_, { storage }) => {
    const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10999)";
    storage.sql.exec(`${numbers} INSERT INTO seen SELECT 'call-' || i, 'n', 0, ${start} + i FROM n`);
  });
  await evictDurableObject(object);
  at(minute);
  const [again, full] = [await object.addNotification(first), (await rowsIn(object, "seen")).length];

  await object.addNotification(comment("ada", { dedupeKey: "last" }));

  expect([again.id, full]).toEqual([id, 11_000]);
  expect(await rowsIn(object, "seen")).toHaveLength(10_000);
  expect((await object.addNotification(first)).id).not.toBe(id);
  expect((await object.addNotification(comment("ada", { dedupeKey: "call-10999" }))).id).toBe("n");
});

test("an actor's 61st notification in a minute is left out, another actor's is not", async () => {
  const log = capture();
  const { object } = newUser();
  await Promise.all(Array.from({ length: 60 }, () => object.addNotification(comment("ada"))));

  const dropped = await object.addNotification(comment("ada"));
  const other = await object.addNotification(comment("bob"));
  at(minute);
  const later = await object.addNotification(comment("ada"));

  expect([dropped.id, other.id, later.id]).toEqual([null, expect.any(String), expect.any(String)]);
  expect(log.only()).toMatchObject({ message: "an actor notifies too often", actorId: "ada", dropped: 1 });
});

test("marking as read is of those that are named, and unknown ones are nothing", async () => {
  const { object } = newUser();
  const one = await object.addNotification(comment("ada"));
  const two = await object.addNotification(comment("bob"));
  at(minute);

  await object.markRead([one.id!, "unknown"]);
  await object.markRead([]);

  const readAt = new Map((await allOf(object)).map((each) => [each.id, each.readAt]));
  expect([readAt.get(one.id!), readAt.get(two.id!)]).toEqual([start + minute, null]);
  expect(await object.getUnreadCount()).toBe(1);
});

test("marking all as read is of all, and a time that is there stays", async () => {
  const { object } = newUser();
  const one = await object.addNotification(comment("ada"));
  await object.markRead([one.id!]);
  await object.addNotification(comment("bob"));
  at(minute);

  await object.markRead("all");

  expect((await allOf(object)).map(({ readAt }) => readAt).toSorted()).toEqual([start, start + minute]);
  expect(await object.getUnreadCount()).toBe(0);
});

test("pages follow each other, of the unread too", async () => {
  const { object } = newUser();
  await fill(object, 5);
  await object.markRead(["n-0002"]);

  const first = await object.getNotifications({ limit: 2 });
  const second = await object.getNotifications({ limit: 3, cursor: first.nextCursor });
  const unread = await object.getNotifications({ limit: 2, unreadOnly: true });

  expect([first, second, unread].map(({ notifications }) => notifications.map(({ id }) => id))).toEqual([
    ["n-0001", "n-0002"],
    ["n-0003", "n-0004", "n-0005"],
    ["n-0001", "n-0003"],
  ]);
  expect(second).not.toHaveProperty("nextCursor");
  expect(unread.unreadCount).toBe(4);
});

test.for([
  [undefined, 20],
  [0, 1],
  [1, 1],
  [100, 100],
  [101, 100],
])("a limit of %s gives %i notifications", async ([limit, expected]) => {
  const { object } = newUser();
  await fill(object, 120);

  expect((await object.getNotifications({ limit })).notifications).toHaveLength(expected!);
});

test("6: once a day what is old goes: read after 30 days, all after 90", async () => {
  const { object } = newUser();
  const read = await object.addNotification(comment("ada"));
  const due = await alarmOf(object);
  await object.addNotification(comment("bob", { dedupeKey: "one" }));
  await object.addNotification(like("bob"));
  await object.markRead([read.id!]);
  at(30 * day + 1);

  await runDurableObjectAlarm(object);
  const afterThirty = (await allOf(object)).length;
  const [groups, seen] = [await rowsIn(object, "aggregated"), await rowsIn(object, "seen")];
  at(90 * day + 1);
  await runDurableObjectAlarm(object);

  expect(due).toBe(start + day);
  expect([afterThirty, groups, seen]).toEqual([2, [], []]);
  expect(await allOf(object)).toEqual([]);
  expect(await alarmOf(object)).toBeNull();
});

test("6: the thousand newest are kept, at once when there are over 1,100", async () => {
  const { object } = newUser();
  await fill(object, 1_099);
  await object.addNotification(comment("the 1,100th"));
  const full = (await rowsIn(object, "notifications")).length;

  await object.addNotification(comment("the 1,101st"));
  const newest = (await allOf(object)).slice(0, 2).map(({ actorId }) => actorId);

  expect(full).toBe(1_100);
  expect(await rowsIn(object, "notifications")).toHaveLength(1_000);
  expect(newest.toSorted()).toEqual(["the 1,100th", "the 1,101st"]);
});

test("the same over HTTP", async () => {
  const { object } = newUser();

  const added = await ask(object, "POST /notifications", like("ada"));
  const grown = await ask(object, "POST /notifications", like("bob"));
  const { id } = data<{ id: string }>(added);
  const page = data(await ask(object, "GET /notifications?limit=1&unreadOnly=true"));
  const unread = await ask(object, "GET /unread");
  const read = await ask(object, "POST /read", { ids: "all" });

  expect(added).toEqual(json({ success: true, id, aggregated: false }, 201));
  expect(grown).toEqual(json({ success: true, id, aggregated: true }, 201));
  expect(page).toMatchObject({ notifications: [{ id, count: 2 }], unreadCount: 1 });
  expect([unread, read]).toEqual([json({ count: 1 }), json({ success: true })]);
  expect(await ask(object, "GET /unread")).toEqual(json({ count: 0 }));
});

test.for(["{", "null", "[]"])("%j as a body is no JSON that will do", async (body) => {
  const { object } = newUser();

  expect(await ask(object, "POST /notifications", body)).toEqual(notJson);
  expect(await ask(object, "POST /read", body)).toEqual(notJson);
});

test.for<[string, unknown, string]>([
  ["POST /notifications", { ...like("ada"), type: "poke" }, "type"],
  ["POST /notifications", { ...like("ada"), targetType: "site" }, "targetType"],
  ["POST /notifications", like(""), "actorId"],
  ["POST /notifications", like("a".repeat(129)), "actorId"],
  ["POST /notifications", { ...like("ada"), targetId: 7 }, "targetId"],
  ["POST /notifications", like("ada", { targetId: "" }), "targetId"],
  ["POST /notifications", like("ada", { targetId: "a".repeat(129) }), "targetId"],
  ["POST /notifications", like("ada", { dedupeKey: "a".repeat(201) }), "dedupeKey"],
  ["POST /read", {}, "ids"],
  ["POST /read", { ids: [""] }, "ids"],
  ["POST /read", { ids: ["a".repeat(129)] }, "ids"],
  ["POST /read", { ids: "some" }, "ids"],
  ["POST /read", { ids: [7] }, "ids"],
  ["POST /read", { ids: Array.from({ length: 501 }, () => "a") }, "ids"],
  ["GET /notifications?limit=many", undefined, "limit"],
  ["GET /notifications?unreadOnly=perhaps", undefined, "unreadOnly"],
])("%s of %j is a 400 that names %s", async ([line, body, field]) => {
  expect(await ask(newUser().object, line, body)).toEqual(json({ error: `Invalid field: ${field}` }, 400));
});

test.for<[string, object]>([
  ["type", { ...like("ada"), type: "poke" }],
  ["targetType", { ...like("ada"), targetType: "site" }],
  ["actorId", like("")],
  ["targetId", like("ada", { targetId: "a".repeat(129) })],
])("over RPC a wrong %s throws an error that names it, and nothing is added", async ([field, added]) => {
  const { object } = newUser();

  const failure = await failureOf(object.addNotification(added as NewNotification));

  expect(failure).toMatchObject({ code: "GROVE-LOOM-024", message: expect.stringContaining(`[0.${field}]`) });
  expect(await allOf(object)).toEqual([]);
  expect(await alarmOf(object)).toBeNull();
});

test("an actor and a target of 128 characters, and a call's name of 200, are taken", async () => {
  const { object } = newUser();

  await object.addNotification(like("a".repeat(128), { targetId: "t".repeat(128), dedupeKey: "d".repeat(200) }));

  expect(await object.getUnreadCount()).toBe(1);
});

test("a cursor that was made up is a 400 that says so", async () => {
  const { object } = newUser();

  const answer = data(await ask(object, "GET /notifications?cursor=made-up"));

  expect(answer).toMatchObject({ issues: [{ message: "Invalid cursor" }] });
  expect(await failureOf(object.getNotifications({ cursor: "made-up" }))).toMatchObject({ status: 400 });
});

test("five hundred ids are taken at once, of 128 characters each", async () => {
  const { object } = newUser();
  const { id } = await object.addNotification(comment("ada"));

  await object.markRead([...Array.from({ length: 499 }, (_, n) => String(n).padStart(128, "0")), id!]);

  expect(await object.getUnreadCount()).toBe(0);
});
