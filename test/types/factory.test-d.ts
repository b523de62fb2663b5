import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  getLoomRPCStub,
  getLoomStub,
  getLoomStubById,
  loomFetch,
  loomFetchJson,
  newLoomStub,
} from "../../src/factory.ts";
import type { LoomFetchError } from "../../src/factory.ts";
import type { Echo } from "../fixtures/factory.ts";
import type { Ledger } from "../fixtures/storage-object.ts";

declare const echoes: DurableObjectNamespace<Echo>;
declare const maybe: DurableObjectNamespace<Echo> | undefined;
declare const ledgers: DurableObjectNamespace<Ledger>;
declare const untyped: DurableObjectNamespace;

test("a stub has the methods of its namespace's class", () => {
  expectTypeOf(getLoomStub(echoes, "a").double(1)).resolves.toBeNumber();
  expectTypeOf(getLoomStub(maybe, "a").double(1)).resolves.toBeNumber();
  expectTypeOf(getLoomStubById(echoes, "00").double(1)).resolves.toBeNumber();
  expectTypeOf(newLoomStub(echoes).double(1)).resolves.toBeNumber();
  expectTypeOf(getLoomRPCStub(echoes, "a").double(1)).resolves.toBeNumber();
  // @ts-expect-error the class has no such method
  void getLoomStub(echoes, "a").triple;
});

test("a class of Loom's keeps its methods' types, and its tools stay inside", () => {
  const stub = getLoomStub(ledgers, "a");

  expectTypeOf(stub.state()).resolves.toHaveProperty("balance").toBeNumber();
  // @ts-expect-error protected
  void stub.sql;
});

test("an RPC stub of an untyped binding takes the class from the caller", () => {
  expectTypeOf(getLoomRPCStub<Echo>(untyped, "a").double(1)).resolves.toBeNumber();
  expectTypeOf(getLoomStub(untyped, "a").fetch("https://x")).resolves.toEqualTypeOf<Response>();
  // @ts-expect-error nothing says which class it is
  void getLoomStub(untyped, "a").double;
});

test("options are the platform's and Loom's", () => {
  void getLoomStub(echoes, "a", { jurisdiction: "eu", locationHint: "weur", retry: { maxRetries: 1 } });
  // @ts-expect-error no such jurisdiction
  void getLoomStub(echoes, "a", { jurisdiction: "mars" });
});

test("both forms of a call have a type, and a schema names the answer's", () => {
  const stub = getLoomStub(echoes, "a");

  expectTypeOf(loomFetch(stub, "/a")).resolves.toEqualTypeOf<Response>();
  expectTypeOf(loomFetch(stub, "/a", "POST", { n: 1 })).resolves.toEqualTypeOf<Response>();
  expectTypeOf(loomFetchJson(stub, "/a")).resolves.toBeUnknown();
  expectTypeOf(loomFetchJson<{ n: number }>(stub, "/a", "PUT", 1)).resolves.toEqualTypeOf<{ n: number }>();
  expectTypeOf(loomFetchJson<{ n: number }>(stub, "/a", { timeout: "5s" })).resolves.toEqualTypeOf<{ n: number }>();
  expectTypeOf(loomFetchJson(stub, "/a", { schema: z.object({ n: z.coerce.number() }) })).resolves.toEqualTypeOf<{
    n: number;
  }>();
  // @ts-expect-error not a length of time
  void loomFetch(stub, "/a", { timeout: "soon" });
});

test("an error has its status and perhaps a code", () => {
  expectTypeOf<LoomFetchError["status"]>().toBeNumber();
  expectTypeOf<LoomFetchError["code"]>().toEqualTypeOf<string | undefined>();
});
