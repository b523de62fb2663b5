import { z } from "zod";
import { read, summedUp } from "./classifier/rules.ts";

const Chat = z.object({
  task: z.enum(["summary", "digest"]),
  model: z.enum(["rules", "rules-in-prose"]).default("rules"),
  messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
  maxTokens: z.int().min(1).max(4_096),
  temperature: z.number().min(0).max(2),
});

/** Answers what a language model is asked, by a few rules; `rules-in-prose` talks around its answer. */
export default {
  async fetch(request) {
    if (`${request.method} ${new URL(request.url).pathname}` !== "POST /chat")
      return failure(404, "There is nothing here.");
    const { data: chat, error } = Chat.safeParse(await request.json().catch(() => undefined));
    return chat ? Response.json({ content: answerTo(chat), model: chat.model }) : failure(400, z.prettifyError(error));
  },
} satisfies ExportedHandler;

function answerTo({ task, model, messages, maxTokens }: z.infer<typeof Chat>): string {
  const text = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  const answer = task === "digest" ? summedUp(text.join("\n\n")) : JSON.stringify(read(text.join("\n")));
  const said =
    model === "rules-in-prose" ? `I read the mail {carefully}. Here it is:\n${answer}\nAnything else?` : answer;
  // As a model does it, too: what has no room is cut off. A token is some four characters.
  return said.slice(0, 4 * maxTokens);
}

function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
