import { expect, test } from "vitest";
import { LoomRequestContext } from "../../src/http/context.ts";

/** A request whose body never ends; counts what is taken of it. */
function endless() {
  const taken = { chunks: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.chunks += 1;
      controller.enqueue(new Uint8Array(100));
    },
    cancel() {
      taken.isCancelled = true;
    },
  });
  return { taken, request: new Request("https://do/", { method: "POST", body }) };
}

/** What a handler reads `request` with, within `maxBody`. */
const reading = (request: Request, maxBody: number) =>
  new LoomRequestContext({} as never, request, { method: "POST", path: "/", pattern: undefined, params: {}, maxBody });

const sent = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request("https://do/", { method: "POST", body, headers });

test("a chunked body is cancelled as soon as it is over the limit", async () => {
  const { request, taken } = endless();

  await expect(reading(request, 1000).text()).rejects.toMatchObject({ code: "GROVE-LOOM-025", status: 413 });
  expect(taken.isCancelled).toBe(true);
  expect(taken.chunks).toBeLessThan(15);
});

test("a body declared over the limit is cancelled unread", async () => {
  const { request, taken } = endless();
  const declared = new Request(request, { headers: { "Content-Length": "1001" } });

  await expect(reading(declared, 1000).bytes()).rejects.toMatchObject({ code: "GROVE-LOOM-025", status: 413 });
  expect(taken.isCancelled).toBe(true);
});

test("bytes longer than declared are refused", async () => {
  const body = reading(sent("0123456789", { "Content-Length": "5" }), 9);

  await expect(body.bytes()).rejects.toMatchObject({ code: "GROVE-LOOM-025" });
});

test("text and bytes of one body can both be had, in either order", async () => {
  const [first, second] = [reading(sent("grün"), 5), reading(sent("grün"), 5)];

  expect([await first.text(), (await first.bytes()).byteLength]).toEqual(["grün", 5]);
  expect([(await second.bytes()).byteLength, await second.text()]).toEqual([5, "grün"]);
});

test("a request without a body has an empty one", async () => {
  const none = () => reading(new Request("https://do/", { method: "POST" }), 0);

  expect([await none().text(), (await none().bytes()).byteLength]).toEqual(["", 0]);
});

test("a byte order mark is no part of the text", async () => {
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);

  expect(await reading(sent(bytes), 10).text()).toBe("{}");
});
