import { afterAll, beforeAll, expect, test } from "vitest";
import { Sink } from "../node/support/sink.ts";
import { Workerd } from "../node/support/workerd.ts";
import { type Busy, Clients } from "./support/clients.ts";
import { eventually } from "./support/eventually.ts";
import { Outside } from "./support/outside.ts";
import { randomFrom } from "./support/random.ts";
import { Trap } from "./support/trap.ts";

// Promises 1, 2, 6 and 9 under `kill -9` while alarms, batches, collections and sockets are busy.
// LOOM_FAULTS=long asks for more; LOOM_SEED=<number> repeats a run's schedule.
const kills = process.env["LOOM_FAULTS"] === "long" ? 40 : 4;
const seed = Number(process.env["LOOM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
const maxBatch = 5;
// So many alarms of an object may be cut short by one kill.
const places = 3;
const traps = ["inside-alarm", "inside-batch", "inside-socket", "ran", "batch"] as const;

const outside = new Outside();
const trap = new Trap((delivery) => {
  outside.keep(delivery);
  return 200;
});
let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open(trap.answer);
  server = await Workerd.serve({
    fixture: new URL("fixtures/busy.ts", import.meta.url),
    classes: ["Busy"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

test(`nothing is lost when the process is killed inside handlers (seed ${seed})`, async () => {
  const objects = ["one", "other"].map((name): Busy => {
    return { name, object: server.object("Busy", name), acknowledged: new Set() };
  });
  let struck = 0;

  for (let round = 0; round < kills; round++) {
    await trafficUntilKilled(objects, round);
    await server.start();
    for (const busy of objects) struck += await retryStruck(busy);
    for (const busy of objects) await expectKept(busy);
  }

  expect(struck).toBeLessThanOrEqual(kills / 3);
  for (const busy of objects) await expectDone(busy);
  const sum = objects.reduce((count, { acknowledged }) => count + acknowledged.size, 0);
  console.log(`${kills} kills, ${sum} acknowledged changes, none lost`);
});

/** Kills the server while a handler of one kind waits for the sink, or at any time. */
async function trafficUntilKilled(objects: readonly Busy[], round: number): Promise<void> {
  const place = traps[Math.floor(random() * traps.length)]!;
  const sprung = trap.set(({ path }) => path.split("/")[2] === place, Math.ceil(random() * 15));
  const clients = new Clients(round);
  const running = Promise.all(objects.map((busy) => clients.run(busy)));
  await Promise.race([sprung, running.then(() => sprung)]);
  clients.expectTheEnd();
  await server.kill("SIGKILL");
  await running;
}

/** Three kills inside one handler are what `failed()` is for: such an alarm is kept there, and runs when it is retried. */
async function retryStruck({ object }: Busy): Promise<number> {
  return (await object.call("retryStruck")).value as number;
}

/** Every acknowledged change is stored, and each change in all of its parts. */
async function expectKept({ object, acknowledged }: Busy): Promise<readonly string[]> {
  const { value, error } = await object.call("stored");
  expect(error).toBeUndefined();
  const { count, sizes, numbers, order, failed } = value as Stored;
  const stored = new Map(numbers);

  expect([...acknowledged].filter((mark) => !stored.has(mark))).toEqual([]);
  expect(sizes).toEqual([count, count]);
  expect(order.map((mark) => stored.get(mark))).toEqual(order.map((_, index) => index + 1));
  expect(numbers.length).toBe(count);
  expect(failed).toBe(0);
  return order;
}

/** Every alarm has run and every item was delivered, in order; twice only what a kill has cut short. */
async function expectDone(busy: Busy): Promise<void> {
  const order = await expectKept(busy);
  await eventually(() => {
    const { runs, batches } = outside.of(busy.name);
    expect(runs.size).toBeGreaterThanOrEqual(order.length);
    expect([...batches.values()].flatMap(([members]) => JSON.parse(members!) as string[])).toHaveLength(order.length);
  });

  const { runs, batches } = outside.of(busy.name);
  expect(new Set(runs.keys())).toEqual(new Set(order));
  expect([...batches.values()].flatMap(([members]) => JSON.parse(members!) as string[])).toEqual(order);
  for (const deliveries of batches.values()) {
    expect(new Set(deliveries).size).toBe(1);
    expect((JSON.parse(deliveries[0]!) as string[]).length).toBeLessThanOrEqual(maxBatch);
  }
  expect(beyondOne([...runs.values()])).toBeLessThanOrEqual(places * kills);
  expect(beyondOne([...batches.values()].map(({ length }) => length))).toBeLessThanOrEqual(kills);
}

function beyondOne(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count - 1, 0);
}

interface Stored {
  readonly count: number;
  readonly sizes: readonly number[];
  readonly numbers: readonly (readonly [string, number])[];
  readonly order: readonly string[];
  readonly failed: number;
}
