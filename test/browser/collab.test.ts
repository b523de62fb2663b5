import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Gate } from "../node/support/gate.ts";
import { isWithoutBrowser, launch } from "./support/chromium.ts";
import { WranglerDev } from "./support/wrangler-dev.ts";

describe.skipIf(isWithoutBrowser)("two browsers that edit one text", () => {
  let server: WranglerDev;
  let browser: Browser;
  const gates: Gate[] = [];
  beforeAll(async () => {
    [server, browser] = await Promise.all([WranglerDev.serve("examples/collab"), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const gate of gates) gate.close();
    await server?.end();
  });

  test("see what the other types", async () => {
    const [ada, bob] = [await open("typing"), await open("typing")];

    await type(ada, "Hello");
    await shows(bob, "Hello");
    await type(bob, ", world");

    await shows(ada, "Hello, world");
  });

  test("keep the place where they type while the other changes what is before it", async () => {
    const [ada, bob] = [await open("caret"), await open("caret")];
    await type(ada, "end");
    await shows(bob, "end");

    await ada.page.keyboard.press("ArrowLeft");
    await area(bob).press("Home");
    await bob.page.keyboard.type("the ");
    await shows(ada, "the end");
    await ada.page.keyboard.type("N");

    await shows(bob, "the enNd");
  });

  test("converge after a partition in which both went on", async () => {
    const [ada, bob] = [await open("partition"), await open("partition")];
    await type(ada, "[]");
    await shows(bob, "[]");

    for (const { gate } of [ada, bob]) gate.shut();
    for (const each of [ada, bob]) await is(each, "offline");
    await writeInside(ada, "ada");
    await writeInside(bob, "bob");
    for (const { gate } of [bob, ada]) gate.mend();

    for (const each of [ada, bob]) await is(each, "online");
    const text = await bothInOneOrder(ada, bob);
    expect(await stored("partition")).toBe(text);
  });

  test("converge after the server was away", async () => {
    const [ada, bob] = [await open("restart"), await open("restart")];
    await type(ada, "[]");
    await shows(bob, "[]");

    await server.stop();
    for (const each of [ada, bob]) await is(each, "offline");
    await writeInside(ada, "ada");
    await writeInside(bob, "bob");
    await server.start();

    expect(await bothInOneOrder(ada, bob)).toBe(await stored("restart"));
  });

  interface Editor {
    readonly page: Page;
    readonly gate: Gate;
  }

  async function open(text: string): Promise<Editor> {
    const gate = await Gate.open(() => server.port);
    gates.push(gate);
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${gate.origin}/?text=${text}`);
    const editor = { page, gate };
    await is(editor, "online");
    return editor;
  }

  async function stored(text: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${server.port}/texts/${text}/text`)).text();
  }

  /** What both show in the end: everything, in the same of the two orders there are. */
  async function bothInOneOrder(ada: Editor, bob: Editor): Promise<string> {
    for (const { page } of [ada, bob]) {
      await page.waitForFunction(() => /^\[(adabob|bobada)\]$/.test(document.querySelector("textarea")!.value));
    }
    const text = await area(ada).inputValue();
    await shows(bob, text);
    return text;
  }
});

function area({ page }: { readonly page: Page }) {
  return page.getByLabel("The text");
}

/** Types at the end. */
async function type(editor: { readonly page: Page }, text: string): Promise<void> {
  await area(editor).press("Control+End");
  await editor.page.keyboard.type(text);
}

/** Types before the last letter. */
async function writeInside(editor: { readonly page: Page }, text: string): Promise<void> {
  await area(editor).press("Control+End");
  await editor.page.keyboard.press("ArrowLeft");
  await editor.page.keyboard.type(text);
}

async function shows({ page }: { readonly page: Page }, text: string): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector("textarea")!.value === wanted, text);
}

async function is({ page }: { readonly page: Page }, status: "online" | "offline"): Promise<void> {
  await page.getByText(new RegExp(`: ${status}\\.$`)).waitFor();
}
