import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "../node/support/workerd.ts";
import { eventually } from "./support/eventually.ts";
import type { Past, Step, View } from "./model/steps.ts";

// Promise 1 for what is not a field: a turn whose commit fails leaves nothing in any part, and nothing of it runs.
let server: Workerd;

beforeAll(async () => {
  server = await Workerd.serve({
    fixture: new URL("fixtures/everything.ts", import.meta.url),
    classes: ["Everything"],
  });
});
afterAll(async () => server?.end());

const job = (token: string) => ({ token, failures: 0, echoes: false, after: 0 });
const before: readonly Step[] = [
  { kind: "set", key: "kept", value: 1 },
  { kind: "add", key: "kept" },
  { kind: "push", value: 1 },
  { kind: "schedule", name: "first", due: "far", job: job("kept") },
];
const lost: Readonly<Record<string, readonly Step[]>> = {
  "an alarm that is due at once": [{ kind: "schedule", name: "second", due: "near", job: job("lost") }],
  "an alarm that is moved": [{ kind: "schedule", name: "first", due: "near", job: job("lost") }],
  "an alarm that is cancelled": [{ kind: "cancel", name: "first" }],
  "an item of a batch": [{ kind: "collect", items: [{ number: 1, failures: 0 }] }],
  "a full batch": [{ kind: "collect", items: [1, 2, 3, 4].map((number) => ({ number, failures: 0 })) }],
  "entries of a map": [
    { kind: "set", key: "lost", value: 2 },
    { kind: "delete", key: "kept" },
  ],
  "entries of a set": [
    { kind: "add", key: "lost" },
    { kind: "remove", key: "kept" },
  ],
  "both ends of a list": [{ kind: "push", value: 2 }, { kind: "unshift", value: 3 }, { kind: "pop" }],
  "all that is in them": [{ kind: "clear" }],
};

const ways = ["failed commit", "abort"] as const;
const cases = ways.flatMap((ending) => Object.keys(lost).map((what) => [what, ending] as const));

test.for(cases)("of %s nothing is left after a turn with a %s", async ([what, ending]) => {
  const object = server.object("Everything");
  await object.call("perform", { steps: before, ending: "reply" });
  const kept = (await object.call("look")).value as View;

  const answer = await object.call("perform", { steps: lost[what], ending });

  expect(answer.error?.message).toMatch(/FOREIGN KEY constraint failed|aborted on purpose/);
  expect((await object.call("look")).value).toEqual(kept);
  // Whatever was due at once would have been before this one.
  await object.call("perform", {
    steps: [{ kind: "schedule", name: "second", due: "near", job: job("later") }],
    ending: "reply",
  });
  await eventually(async () => expect(await pastOf()).toMatchObject({ runs: ["later"], near: 0 }));
  expect(await pastOf()).toMatchObject({ deliveries: [], waiting: 0 });

  async function pastOf() {
    return (await object.call("past")).value as Past;
  }
});
