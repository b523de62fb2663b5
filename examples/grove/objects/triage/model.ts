import { postJson } from "./post-json.ts";
import { z } from "zod";

/** What the model behind the binding CLASSIFIER is asked. */
export interface ChatRequest {
  readonly task: "summary" | "digest";
  readonly messages: readonly { readonly role: "system" | "user"; readonly content: string }[];
  readonly maxTokens: number;
  readonly temperature: number;
}

const ChatReply = z.object({ content: z.string(), model: z.string() });

/** What it answers: a text, and its own name. */
export type ChatReply = z.infer<typeof ChatReply>;

/** Asks the model; throws when it does not answer, or not in time. */
export async function chat(model: Fetcher, request: ChatRequest): Promise<ChatReply> {
  return ChatReply.parse(await postJson(model, "https://classifier.internal/chat", { body: request }));
}
