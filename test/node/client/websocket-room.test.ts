import { afterAll, beforeAll, expect, test } from "vitest";
import { connectLoom, type TypedMessage } from "../../../src/client/index.ts";
import { Gate } from "../support/gate.ts";
import { Workerd } from "../support/workerd.ts";
import { Seen } from "./room.ts";

interface Chat {
  readonly incoming:
    | { readonly type: "welcome"; readonly roomState: { readonly history: TypedMessage[] } }
    | { readonly type: "message"; readonly userId: string; readonly payload: string };
  readonly outgoing: { readonly type: "message"; readonly payload: string };
}

let server: Workerd;
let gate: Gate;

beforeAll(async () => {
  server = await Workerd.serve({ fixture: new URL("fixtures/chat.ts", import.meta.url), classes: ["Chat"] });
  gate = await Gate.open(() => server.port);
});

afterAll(async () => {
  gate?.close();
  await server?.end();
});

test("members of a WebSocketRoom outlive its process", async () => {
  const [welcomed, heard] = [new Seen<unknown>(), new Seen<string>()];
  const join = (userId: string) =>
    connectLoom<Chat>(`${gate.origin}/Chat/lobby?userId=${userId}`, {
      backoff: { first: 5, longest: 20 },
    });
  const [ann, bob] = [join("ann"), join("bob")];
  ann.on("welcome", ({ roomState }) => welcomed.note(roomState.history.map(({ type }) => type)));
  bob.on("message", ({ payload }) => heard.note(payload));
  bob.on("welcome", welcomed.note);
  await welcomed.until(2);

  expect(await ann.send({ type: "message", payload: "before" })).toEqual({ outcome: "handled" });
  await server.restart();
  await welcomed.until(4);
  expect(await ann.send({ type: "message", payload: "after" })).toEqual({ outcome: "handled" });
  expect(await heard.until(2)).toEqual(["before", "after"]);
  for (const member of [ann, bob]) member.close();
});
