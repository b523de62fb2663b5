import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServedObject } from "../node/support/served-object.ts";
import { Sink } from "../node/support/sink.ts";
import { Workerd } from "../node/support/workerd.ts";
import { randomFrom } from "./support/random.ts";
import { announcedTo, areApart, type Known, listener, type Totals, Traffic } from "./support/traffic.ts";

// Promises 1 and 2 under `kill -9`. LOOM_FAULTS=long asks for more; LOOM_SEED=<number> repeats a run's schedule.
const isLong = process.env["LOOM_FAULTS"] === "long";
const goal = isLong ? { kills: 30, changes: 10_000 } : { kills: 4, changes: 600 };
const seed = Number(process.env["LOOM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);

let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open();
  server = await Workerd.serve({
    fixture: new URL("fixtures/ledger.ts", import.meta.url),
    classes: ["Ledger"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

test(`no acknowledged change is lost and no turn seen in part, however often the process is killed (seed ${seed})`, async () => {
  const objects = ["first", "second"].map(knownAs);
  let kills = 0;

  while (kills < goal.kills || acknowledged(objects) < goal.changes) {
    const apart = await trafficUntilKilled(objects, kills++);
    await server.start();
    for (const known of objects) await expectKept(known);
    expect(apart).toEqual([]);
  }

  console.log(`${kills} kills, ${acknowledged(objects)} acknowledged changes, none lost`);
});

/** Lets clients run until a random number of changes is acknowledged, then kills the server under them. */
async function trafficUntilKilled(objects: readonly Known[], round: number): Promise<readonly Totals[]> {
  let remaining = Math.ceil((goal.changes / goal.kills) * (0.5 + random()));
  const delay = random() * 5;
  const due = Promise.withResolvers<void>();
  const traffic = new Traffic(() => {
    if (--remaining === 0) due.resolve();
  });
  const clients = Promise.all(objects.map((known) => traffic.run(known, round)));
  await Promise.race([due.promise, clients]);
  // So that the end does not always follow an acknowledgement: the delay decides nothing about the outcome.
  await new Promise((resolve) => setTimeout(resolve, delay));
  traffic.expectTheEnd();
  await server.kill("SIGKILL");
  await clients;
  return traffic.apart;
}

async function expectKept(known: Known): Promise<void> {
  const { value: totals } = (await known.object.call("totals")) as { value: Totals };
  const value = await restored(known.object);
  const { heard } = await restored(server.object("Ledger", listener));
  const outside = Math.max(known.announced, announcedTo(sink, known), heard[known.name] ?? 0);
  const stored = new Set(value.changes);

  expect(totals).not.toSatisfy(areApart);
  expect([...known.changes].filter((change) => !stored.has(change))).toEqual([]);
  expect(lastOf(value.changes)).toEqual(value.clients);
  expect(value.announced).toBeGreaterThanOrEqual(outside);
}

async function restored(object: ServedObject): Promise<Restored> {
  return (await object.call("restored")).value as Restored;
}

interface Restored {
  readonly clients: Readonly<Record<string, number>>;
  readonly announced: number;
  readonly heard: Readonly<Record<string, number>>;
  readonly changes: readonly string[];
}

/** The highest number of each client. */
function lastOf(changes: readonly string[]): Record<string, number> {
  const last: Record<string, number> = {};
  for (const change of changes) {
    const [client, number] = change.split(" ") as [string, string];
    last[client] = Math.max(last[client] ?? 0, Number(number));
  }
  return last;
}

function knownAs(name: string): Known {
  return { name, object: server.object("Ledger", name), changes: new Set(), announced: 0 };
}

function acknowledged(objects: readonly Known[]): number {
  return objects.reduce((sum, { changes }) => sum + changes.size, 0);
}
