import { z } from "zod";

interface MailerEnv {
  readonly SENT: KVNamespace;
  readonly API_KEY: string;
}

const Mail = z.object({
  type: z.literal("transactional"),
  template: z.literal("raw"),
  to: z.email(),
  subject: z.string().min(1).max(200),
  html: z.string(),
  text: z.string().optional(),
  from: z.string().optional(),
  fromName: z.string().optional(),
});

/** Sends mail, as far as this one does: it keeps what it was given, for `GET /sent?to=…`. */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    if (route !== "POST /send" && route !== "GET /sent") return failure(404, "There is nothing here.");
    if (request.headers.get("X-API-Key") !== env.API_KEY) return failure(401, "The API key is wrong.");
    return route === "POST /send" ? send(request, env) : listSent(searchParams.get("to") ?? "", env);
  },
} satisfies ExportedHandler<MailerEnv>;

/** One mail; a repeated `Idempotency-Key` sends nothing and is answered as the first time. */
async function send(request: Request, { SENT }: MailerEnv): Promise<Response> {
  const { data: mail, error } = Mail.safeParse(await request.json().catch(() => undefined));
  if (!mail) return failure(400, z.prettifyError(error));
  const messageId = request.headers.get("Idempotency-Key") ?? crypto.randomUUID();
  const key = `${mail.to}:${messageId}`;
  if ((await SENT.get(key)) === null) await SENT.put(key, JSON.stringify({ messageId, ...mail }));
  return Response.json({ success: true, messageId });
}

async function listSent(to: string, { SENT }: MailerEnv): Promise<Response> {
  const { keys } = await SENT.list({ prefix: `${to}:` });
  return Response.json(await Promise.all(keys.map(({ name }) => SENT.get(name, "json"))));
}

function failure(status: number, errorMessage: string): Response {
  return Response.json({ success: false, errorMessage }, { status });
}
