import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { between } from "../../fixtures/grove/triage.ts";
import { capture } from "../../support/log.ts";
import { type Answer, ask, grove, json, notJson } from "../support/grove.ts";
import { eachMailboxIsNew, newMailbox, now, rows, settle, statusOf, untilAlarm } from "./mailbox.ts";

eachMailboxIsNew();

const disabled = json({ success: true, digestDisabled: true });
const invalidTimes = json({ success: false, error: "Invalid digest times" }, 400);
const invalidZone = json({ success: false, error: "Invalid timezone" }, 400);

function scheduled(nextDigestAt: string): Answer {
  return json({ success: true, nextDigestAt });
}

test("digests are scheduled for the next of their times, by the clock of their zone", async () => {
  const mailbox = newMailbox();
  const body = { times: ["18:00", "08:00", "13:00"], timezone: "Europe/Berlin", enabled: true };

  expect(await ask(mailbox, "POST /schedule", body)).toEqual(scheduled("2030-01-15T12:00:00.000Z"));
  expect(await ask(mailbox, "GET /status")).toEqual(
    json({ queueLength: 0, digestScheduled: true, nextDigestAt: "2030-01-15T12:00:00.000Z" }),
  );
  expect(await untilAlarm(mailbox)).toBe(3 * 60 * 60_000);
});

test("a digest that is off has no alarm", async () => {
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", { times: ["08:00"], timezone: "UTC", enabled: true });

  expect(await ask(mailbox, "POST /schedule", { times: ["08:00"], timezone: "UTC", enabled: false })).toEqual(disabled);
  expect([await statusOf(mailbox), await untilAlarm(mailbox)]).toEqual([
    { queueLength: 0, digestScheduled: false, nextDigestAt: null },
    null,
  ]);
});

test("the schedule survives an eviction", async () => {
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", { enabled: true });

  await evictDurableObject(mailbox);

  expect((await statusOf(mailbox)).nextDigestAt).toBe("2030-01-15T13:00:00.000Z");
});

test.for<[object, Answer]>([
  [{}, scheduled("2030-01-15T17:00:00.000Z")],
  [{ times: ["12:00"] }, scheduled("2030-01-15T11:00:00.000Z")],
  [{ timezone: "UTC" }, scheduled("2030-01-15T18:00:00.000Z")],
  [{ enabled: true }, scheduled("2030-01-15T17:00:00.000Z")],
  [{ enabled: false }, disabled],
])("what %j does not name stays as it is stored", async ([body, answer]) => {
  await settle();

  expect(await ask(newMailbox(), "POST /schedule", body)).toEqual(answer);
});

test("a digest that is off stays off until it is turned on", async () => {
  await settle({ digest_enabled: 0 });
  const mailbox = newMailbox();

  expect(await ask(mailbox, "POST /schedule", { times: ["10:00"] })).toEqual(disabled);
  expect(await ask(mailbox, "POST /schedule", { enabled: true })).toEqual(scheduled("2030-01-16T09:00:00.000Z"));
});

test("what is changed is stored, in the one row of the owner's settings", async () => {
  const digest_recipient = await settle();

  await ask(newMailbox(), "POST /schedule", { times: ["09:30"], enabled: false });

  expect(await rows("settings")).toEqual([
    {
      ...{ user_id: "ada", digest_times: '["09:30"]', digest_timezone: "Europe/Berlin", digest_recipient },
      ...{ digest_enabled: 0, last_digest_at: null },
    },
  ]);
});

test("without settings they are made, for the owner that the object's name says", async () => {
  const mailbox = newMailbox();

  expect(await ask(mailbox, "POST /schedule", { times: ["10:00"] })).toEqual(disabled);

  expect(await rows("settings")).toMatchObject([
    { user_id: mailbox.name!.slice("triage:".length), digest_times: '["10:00"]', digest_enabled: null },
  ]);
});

test.for([
  [null, null, "2030-01-15T13:00:00.000Z"],
  ["noon", "UTC", "2030-01-15T13:00:00.000Z"],
  ["[]", "UTC", "2030-01-15T13:00:00.000Z"],
  ['["25:00"]', "UTC", "2030-01-15T13:00:00.000Z"],
  ['["10:00"]', "Mars/Olympus", "2030-01-15T10:00:00.000Z"],
] as const)("stored times %j in %j are read as 08:00, 13:00, 18:00 and UTC", async ([times, zone, next]) => {
  await settle({ digest_times: times, digest_timezone: zone });

  expect(await ask(newMailbox(), "POST /schedule", {})).toEqual(scheduled(next));
});

test.for([
  ["a minute and a second away", "2030-01-15T08:58:59Z", "09:00", "UTC", "2030-01-15T09:00:00.000Z"],
  ["a minute away: the next day's", "2030-01-15T08:59:00Z", "09:00", "UTC", "2030-01-16T09:00:00.000Z"],
  ["the last of January", "2030-01-31T12:00:00Z", "08:00", "UTC", "2030-02-01T08:00:00.000Z"],
  ["the last of a leap year's February", "2028-02-29T12:00:00Z", "08:00", "UTC", "2028-03-01T08:00:00.000Z"],
  ["a leap day", "2028-02-28T12:00:00Z", "08:00", "UTC", "2028-02-29T08:00:00.000Z"],
  ["the last of a year", "2029-12-31T23:30:00Z", "23:00", "UTC", "2030-01-01T23:00:00.000Z"],
  ["a zone ahead", "2030-01-31T20:00:00Z", "00:00", "Pacific/Kiritimati", "2030-02-01T10:00:00.000Z"],
  ["a zone behind", "2030-02-01T02:00:00Z", "23:59", "America/New_York", "2030-02-01T04:59:00.000Z"],
  ["half an hour's zone", "2030-01-15T09:00:00Z", "15:00", "Asia/Kolkata", "2030-01-15T09:30:00.000Z"],
  ["over the start of summer time", "2030-03-30T12:00:00Z", "08:00", "Europe/Berlin", "2030-03-31T06:00:00.000Z"],
  ["over its end", "2030-10-26T12:00:00Z", "08:00", "Europe/Berlin", "2030-10-27T07:00:00.000Z"],
  ["the first moment that is skipped", "2030-03-30T12:00:00Z", "02:00", "Europe/Berlin", "2030-03-31T01:00:00.000Z"],
  ["later than that", "2030-03-30T12:00:00Z", "02:30", "Europe/Berlin", "2030-03-31T01:30:00.000Z"],
  ["a time that comes twice: its first", "2030-10-26T12:00:00Z", "02:30", "Europe/Berlin", "2030-10-27T00:30:00.000Z"],
  ["between the two: the next day's", "2030-10-27T00:45:00Z", "02:30", "Europe/Berlin", "2030-10-28T01:30:00.000Z"],
  ["midnight that is skipped", "2030-04-25T12:00:00Z", "00:00", "Africa/Cairo", "2030-04-25T22:00:00.000Z"],
] as const)("the next time is right: %s", async ([, clock, time, timezone, next]) => {
  vi.setSystemTime(Date.parse(clock));

  expect(await ask(newMailbox(), "POST /schedule", { times: [time], timezone, enabled: true })).toEqual(
    scheduled(next),
  );
});

test.for<[string, unknown, Answer]>([
  ["no JSON", "{", notJson],
  ["a list", [], notJson],
  ["null", "null", notJson],
  ["no times", { times: [] }, invalidTimes],
  ["25 times", { times: Array.from({ length: 25 }, () => "08:00") }, invalidTimes],
  ["times that are no list", { times: "08:00" }, invalidTimes],
  ["times that are null", { times: null }, invalidTimes],
  ["a time that is no text", { times: [8] }, invalidTimes],
  ["24:00", { times: ["24:00"] }, invalidTimes],
  ["23:60", { times: ["23:60"] }, invalidTimes],
  ["8:00", { times: ["8:00"] }, invalidTimes],
  ["a time with a line feed", { times: ["08:00\n"] }, invalidTimes],
  ["an unknown zone", { timezone: "Mars/Olympus" }, invalidZone],
  ["an empty zone", { timezone: "" }, invalidZone],
  ["a zone that is no text", { timezone: 1 }, invalidZone],
  ["enabled as a text", { enabled: "yes" }, json({ success: false, error: "Invalid enabled" }, 400)],
  ["enabled as null", { enabled: null }, json({ success: false, error: "Invalid enabled" }, 400)],
])("%s is refused and changes nothing", async ([, body, answer]) => {
  await settle();
  const before = await rows("settings");
  const mailbox = newMailbox();

  expect(await ask(mailbox, "POST /schedule", body)).toEqual(answer);
  expect([await rows("settings"), await untilAlarm(mailbox)]).toEqual([before, null]);
});

test("24 times from 00:00 to 23:59 are taken", async () => {
  const times = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:59`);

  expect(await ask(newMailbox(), "POST /schedule", { times: ["00:00", ...times.slice(1)], enabled: true })).toEqual(
    scheduled("2030-01-15T09:59:00.000Z"),
  );
});

test("while D1 is away nothing changes, and the answer says so", async () => {
  await settle();
  const { lines } = capture();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  between.refused = /ivy_settings/;

  expect(await ask(mailbox, "POST /schedule", { enabled: false })).toEqual(
    json({ success: false, error: "Settings unavailable" }, 503),
  );
  expect((await statusOf(mailbox)).digestScheduled).toBe(true);
  expect(lines).toMatchObject([{ level: "error", message: "The settings of the digest were not changed." }]);
});

test("without the binding IVY_DB the schedule is unavailable", async () => {
  capture();

  expect(await ask(newMailbox("TriageWithoutDatabase"), "POST /schedule", { enabled: true })).toEqual(
    json({ success: false, error: "Settings unavailable" }, 503),
  );
});

test("after a digest the next is scheduled, by the settings as they are then", async () => {
  await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", { times: ["11:00"] });
  vi.setSystemTime(now + 60 * 60_000);

  await runDurableObjectAlarm(mailbox);

  expect((await statusOf(mailbox)).nextDigestAt).toBe("2030-01-16T10:00:00.000Z");
});

test("after a digest that was turned off in D1, none is", async () => {
  await settle();
  const mailbox = newMailbox();
  await ask(mailbox, "POST /schedule", {});
  await grove.IVY_DB.prepare("UPDATE ivy_settings SET digest_enabled = 0").run();

  await runDurableObjectAlarm(mailbox);

  expect([(await statusOf(mailbox)).digestScheduled, await untilAlarm(mailbox)]).toEqual([false, null]);
});
