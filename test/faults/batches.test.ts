import { afterAll, beforeAll, expect, test } from "vitest";
import { type Delivery, Sink } from "../node/support/sink.ts";
import { Workerd } from "../node/support/workerd.ts";
import { eventually } from "./support/eventually.ts";
import { randomFrom } from "./support/random.ts";
import { Trap } from "./support/trap.ts";

// Batches under `kill -9` and a sink that refuses every tenth delivery. LOOM_FAULTS=long asks for more.
const goal = process.env["LOOM_FAULTS"] === "long" ? { items: 100_000, kills: 12 } : { items: 4_000, kills: 3 };
const seed = Number(process.env["LOOM_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
const [maxBatch, mostPerCall] = [100, 260];

const delivered: (Delivery & { readonly isTaken: boolean })[] = [];
const trap = new Trap((delivery) => {
  const isTaken = random() > 0.1;
  delivered.push({ ...delivery, isTaken });
  return isTaken ? 200 : 500;
});
let server: Workerd;
let sink: Sink;

beforeAll(async () => {
  sink = await Sink.open(trap.answer);
  server = await Workerd.serve({
    fixture: new URL("fixtures/collector.ts", import.meta.url),
    classes: ["Collector"],
    sink: sink.address,
  });
});
afterAll(async () => {
  await server?.end();
  sink.close();
});

test(`every item is delivered, in order, in batches that never change (seed ${seed})`, async () => {
  const object = server.object("Collector", "only");
  const state = async () => (await object.call("state")).value as State;
  const addUntil = async (limit: number) => {
    for (let added = (await state()).added; added < limit;) {
      const { value, error } = await object.call("add", Math.min(Math.ceil(random() * mostPerCall), limit - added));
      if (error) throw new Error(error.message);
      added = value as number;
    }
  };

  for (let kill = 1; kill <= goal.kills; kill++) {
    const sprung = trap.set(() => true, Math.ceil((random() * goal.items) / goal.kills / maxBatch));
    const adding = addUntil(Math.floor((goal.items * kill) / goal.kills)).then(
      () => sprung,
      () => {},
    );
    await sprung;
    await server.kill("SIGKILL");
    await adding;
    await server.start();
  }
  await addUntil(goal.items);
  await eventually(async () => expect(await state()).toEqual({ added: goal.items, waiting: 0, failed: 0 }));

  const batches = Map.groupBy(delivered, ({ path }) => path);
  const numbers = [...batches.values()].map((tries) => [...new Set(tries.map(({ body }) => body))]);
  expect(numbers.filter((bodies) => bodies.length > 1)).toEqual([]);
  const members = numbers.map(([body]) => JSON.parse(body!) as number[]);
  expect(members.flat()).toEqual(Array.from({ length: goal.items }, (_, index) => index + 1));
  expect(Math.max(...members.map(({ length }) => length))).toBeLessThanOrEqual(maxBatch);
  const twice = [...batches.values()].filter((tries) => tries.filter(({ isTaken }) => isTaken).length > 1);
  expect(twice.length).toBeLessThanOrEqual(goal.kills);
  const refused = delivered.filter(({ isTaken }) => !isTaken).length;
  console.log(`${goal.items} items, ${batches.size} batches, ${refused} refusals, ${goal.kills} kills, none lost`);
});

interface State {
  readonly added: number;
  readonly waiting: number;
  readonly failed: number;
}
