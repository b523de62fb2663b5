import { SimpleState } from "loom-do/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { DocumentGame, MyDurableObject, Starter } from "../../fixtures/patterns-base.ts";

// The document's way to test an object, as it is there.
describe("MyDurableObject", () => {
  let obj: MyDurableObject;
  let state: SimpleState;

  beforeEach(() => {
    state = new SimpleState();
    obj = new MyDurableObject(state, {});
  });

  it("should handle requests", async () => {
    const response = await obj.fetch(new Request("http://test/increment"));
    expect(response.status).toBe(200);
  });

  it("another object on the same state has what the first one stored", async () => {
    await obj.fetch(new Request("http://test/increment"));

    const next = new MyDurableObject(state, {});
    const response = await next.fetch(new Request("http://test/value"));

    expect(await response.json()).toEqual({ counter: 1 });
  });

  it("waits for what its onInitialize does", async () => {
    await new DocumentGame(state, {}).fetch(new Request("http://test/move?playerId=a", { method: "POST", body: "1" }));

    const response = await new DocumentGame(state, {}).fetch(new Request("http://test/state"));

    expect(await response.json()).toEqual({ status: "a moved 1" });
  });

  it("calls of methods find it started when they await initialize()", async () => {
    expect(await new Starter(new SimpleState(), {}).found()).toMatchObject({ starts: 1 });
  });
});
