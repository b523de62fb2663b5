import { z } from "zod";
import type { OutgoingMail } from "./digest-mail.ts";
import { postJson } from "./post-json.ts";

const SendResult = z.object({
  success: z.boolean(),
  messageId: z.string().optional(),
  errorMessage: z.string().optional(),
});

/** What the mailer says became of a mail. */
export type SendResult = z.infer<typeof SendResult>;

/** The mail service, with the key it wants. */
export interface Mailer {
  readonly service: Fetcher;
  readonly apiKey: string;
}

/** Has a mail sent, once for each `id`; throws when nobody knows whether it was. */
export async function sendMail({ service, apiKey }: Mailer, id: string, mail: OutgoingMail): Promise<SendResult> {
  const headers = { "X-API-Key": apiKey, "Idempotency-Key": id };
  return SendResult.parse(await postJson(service, "https://zephyr.internal/send", { body: mail, headers }));
}
