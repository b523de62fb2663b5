import { getLoomStub, loomFetchJson } from "loom-do/worker";
import type { GroveEnv } from "../types.ts";
import { log } from "./log.ts";
import { GroveEvent, takePublished } from "./publish.ts";

/** Carries out what came through the queue, each message by itself: one that fails comes again. */
export async function takeEvents(batch: MessageBatch, env: GroveEnv): Promise<void> {
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        await take(env, message.body);
        message.ack();
      } catch (cause) {
        log.errorWithCause("A message was not taken.", cause, { message: message.id, attempts: message.attempts });
        message.retry({ delaySeconds: Math.min(2 ** message.attempts, 3_600) });
      }
    }),
  );
}

async function take(env: GroveEnv, body: unknown): Promise<void> {
  const { data: event, error } = GroveEvent.safeParse(body);
  // Nobody can ever take it: coming again would not help.
  if (!event) return log.error("A message is none of Grove's.", { issues: error.issues });
  if (event.type === "published") return takePublished(env, event);
  await loomFetchJson(getLoomStub(env.TRIAGE, "triage:owner"), "/process", "POST", { bufferId: event.bufferId });
}
