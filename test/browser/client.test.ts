import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom } from "../faults/support/random.ts";
import { servedRooms } from "../node/client/room.ts";
import { isWithoutBrowser, launch } from "./support/chromium.ts";
import type { Script } from "./support/client-page.ts";

declare const script: typeof Script;

const served = servedRooms(() => Promise.resolve(200));
let browser: Browser;
let code: string;

beforeAll(async () => {
  if (isWithoutBrowser) return;
  browser = await launch();
  const { outputFiles } = await build({
    entryPoints: [new URL("support/client-page.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "page",
  });
  code = `${outputFiles[0]!.text}; globalThis.script = page.Script;`;
});

afterAll(() => browser?.close());

async function opened(): Promise<Page> {
  const page = await browser.newPage();
  await page.addScriptTag({ content: code });
  return page;
}

const seeds = process.env["LOOM_SEED"] ? [Number(process.env["LOOM_SEED"])] : [1, 2];

test.skipIf(isWithoutBrowser).for(seeds)(
  "whatever breaks (seed %i), each message is in the room's log, or the page was told that it may not be",
  async (seed) => {
    const { url, server, gate, object, log } = served();
    const random = randomFrom(seed);
    const page = await opened();
    // A socket whose client left during the upgrade keeps its object in memory: that eviction is never done.
    const evict = () => void object.evict().catch(() => "killed meanwhile");
    const breaks = [() => server.restart(), () => gate.cut(), () => gate.freeze(), evict];
    await page.evaluate((address) => script.chatter(address), `${url}/room`);

    for (let round = 0; round < 10; round += 1) {
      const until = Math.floor(random() * 60);
      await page.evaluate((count) => script.handledMore(count), until);
      await breaks[round < 4 ? round : Math.floor(random() * breaks.length)]!();
    }
    const { sent, outcomes, lost } = await page.evaluate(() => script.finish());

    const kept = await log();
    const of = (outcome: string) => sent.filter((text) => outcomes[text] === outcome);
    const arrived = new Set(kept);
    expect(kept.length).toBe(arrived.size);
    expect(of("handled").filter((text) => !arrived.has(text))).toEqual([]);
    expect(of("unsent").filter((text) => arrived.has(text))).toEqual([]);
    expect([...of("handled"), ...of("unsent"), ...of("uncertain")].sort()).toEqual([...sent].sort());
    expect(lost.sort()).toEqual([...of("unsent"), ...of("uncertain")].sort());
    // All of it was seen: a run in which nothing was lost proves nothing.
    expect(of("uncertain").length).toBeGreaterThan(0);
    expect(of("handled").length).toBeGreaterThan(100);
    await page.close();
  },
);

test.skipIf(isWithoutBrowser)("a browser that is online again does not wait for its next attempt", async () => {
  const { url, gate } = served();
  const page = await opened();
  await page.evaluate((address) => script.patient(address), `${url}/room`);
  await page.evaluate(() => script.becomes("open"));
  gate.cut();
  await page.evaluate(() => script.becomes("reconnecting"));

  await page.context().setOffline(true);
  await page.context().setOffline(false);

  await page.evaluate(() => script.becomes("open"));
  expect(await page.evaluate(() => script.statuses)).toEqual(["open", "reconnecting", "open"]);
  await page.close();
});

test.skipIf(isWithoutBrowser)("a page without the client reads from the close why it was refused", async () => {
  const page = await browser.newPage();
  const address = `${served().url}/room?refused=403`;

  const end = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, ["loom", "loom.refusal"]);
        socket.onclose = ({ code, reason, wasClean }) => resolve({ code, reason, wasClean });
      }),
    address,
  );

  expect(end).toEqual({ code: 4403, reason: "Not you", wasClean: true });
  await page.close();
});

test.skipIf(isWithoutBrowser).for([
  ["?refused=403", ["closed"]],
  ["?refused=503", ["reconnecting"]],
  ["", ["open", "closed"]],
] as const)(
  "in a browser too, what ends the same way is not tried again: a 403, a 4001, but no 503 (%j)",
  async ([query, expected]) => {
    const page = await opened();

    await page.evaluate((address) => script.patient(address), `${served().url}/room${query}`);
    if (query === "") await page.evaluate(() => script.end(4001));

    await page.evaluate((status) => script.becomes(status), expected.at(-1)!);
    expect(await page.evaluate(() => script.statuses)).toEqual(expected);
    await page.close();
  },
);
