import fc from "fast-check";
import { expect, test } from "vitest";
import { loomFetch } from "../../src/factory.ts";

const lost = () => Object.assign(new Error("Network connection lost."), { retryable: true });
const overloaded = () =>
  Object.assign(new Error("Durable Object is overloaded."), { retryable: true, overloaded: true });
const wrapped = (cause: unknown) => new Error("while saving", { cause });

/** Answers after it failed with each of `failures`, and keeps the bodies it was sent. */
function failing(...failures: unknown[]) {
  const bodies: (string | undefined)[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    bodies.push(await new Request(input as string, init).text());
    if (bodies.length <= failures.length) throw failures[bodies.length - 1];
    return new Response("answered");
  };
  return { bodies, fetch: fetch as Fetcher["fetch"] };
}

test("a call that the platform marks retryable is repeated, with its body", async () => {
  const stub = failing(lost(), lost());

  const response = await loomFetch(stub, "/a", { method: "PUT", json: { n: 1 }, backoff: 0 });

  expect(await response.text()).toBe("answered");
  expect(stub.bodies).toEqual(['{"n":1}', '{"n":1}', '{"n":1}']);
});

test("a call is given up after three retries, with the last error", async () => {
  const last = lost();
  const stub = failing(lost(), lost(), lost(), last, lost());

  await expect(loomFetch(stub, "/a", { backoff: 0 })).rejects.toBe(last);
  expect(stub.bodies).toHaveLength(4);
});

test("the number of retries can be set", async () => {
  const stub = failing(lost(), lost());

  await expect(loomFetch(stub, "/a", { retries: 1, backoff: 0 })).rejects.toThrow("connection lost");
  expect(stub.bodies).toHaveLength(2);
});

test("a call that the platform marks overloaded is never repeated", async () => {
  const stub = failing(overloaded());

  await expect(loomFetch(stub, "/a", { retries: 9, backoff: 0 })).rejects.toThrow("overloaded");
  expect(stub.bodies).toHaveLength(1);
});

test("the marks count in a cause too", async () => {
  const stub = failing(wrapped(wrapped(lost())));
  const busy = failing(Object.assign(wrapped(overloaded()), { retryable: true }));

  await loomFetch(stub, "/a", { backoff: 0 });
  await expect(loomFetch(busy, "/a", { backoff: 0 })).rejects.toThrow("while saving");

  expect(stub.bodies).toHaveLength(2);
  expect(busy.bodies).toHaveLength(1);
});

test("an error that causes itself ends the search", async () => {
  const error: Error = new Error("loop");
  error.cause = error;

  await expect(loomFetch(failing(error), "/a")).rejects.toBe(error);
});

test.for([new Error("handler threw"), Object.assign(new Error("no"), { retryable: "yes" }), "text", false, 42])(
  "%s is not repeated",
  async (failure) => {
    const stub = failing(failure);

    await expect(loomFetch(stub, "/a", { retries: 3, backoff: 0 })).rejects.toBe(failure);
    expect(stub.bodies).toHaveLength(1);
  },
);

test("a POST is repeated only on demand: it may have arrived", async () => {
  const once = failing(lost());
  const twice = failing(lost());

  await expect(loomFetch(once, "/a", "POST", {})).rejects.toThrow("connection lost");
  await loomFetch(twice, "/a", { method: "post", json: {}, retries: 1, backoff: 0 });

  expect(once.bodies).toHaveLength(1);
  expect(twice.bodies).toHaveLength(2);
});

test("a body that can be read only once is sent once", async () => {
  const stub = failing(lost());
  const body = new Blob(["stream"]).stream();

  await expect(loomFetch(stub, "/a", { method: "PUT", body, retries: 3, backoff: 0 })).rejects.toThrow(
    "connection lost",
  );
  expect(stub.bodies).toEqual(["stream"]);
});

test("an answer is never repeated, whatever its status", async () => {
  const calls: string[] = [];
  const stub = {
    fetch: (async (url: string) => (calls.push(url), new Response("", { status: 503 }))) as Fetcher["fetch"],
  };

  await loomFetch(stub, "/a", { retries: 3, backoff: 0 });

  expect(calls).toHaveLength(1);
});

test("nothing is repeated after the signal said stop, not even a wait under way", async () => {
  const stub = failing(lost(), lost());
  const controller = new AbortController();
  const call = loomFetch(stub, "/a", { backoff: "1h", signal: controller.signal });

  await Promise.resolve();
  controller.abort(new Error("enough"));

  await expect(call).rejects.toThrow("enough");
  expect(stub.bodies).toHaveLength(1);
});

test("a call is repeated exactly while it is marked and tries are left", async () => {
  const failures = fc.array(fc.constantFrom("retryable", "overloaded", "plain"), { maxLength: 6 });
  const make = { retryable: lost, overloaded, plain: () => new Error("plain") };

  await fc.assert(
    fc.asyncProperty(failures, fc.nat(5), async (kinds, retries) => {
      const stub = failing(...kinds.map((kind) => make[kind]()));
      const endsAt = kinds.findIndex((kind) => kind !== "retryable");
      const failed = endsAt === -1 ? kinds.length : endsAt + 1;

      await loomFetch(stub, "/a", { retries, backoff: 0 }).catch(() => undefined);

      const expected = endsAt === -1 ? Math.min(failed, retries) + 1 : Math.min(failed, retries + 1);
      expect(stub.bodies).toHaveLength(expected);
    }),
    { numRuns: 200 },
  );
});
