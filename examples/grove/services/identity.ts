import { z } from "zod";

interface IdentityEnv {
  readonly GRANTS: KVNamespace;
}

const Question = z.object({
  email: z.email(),
  name: z.string().max(200).default(""),
  redirect_uri: z.url(),
  state: z.string().min(1),
});

const Person = z.object({ email: z.string(), name: z.string(), email_verified: z.boolean() });
const Granted = Person.extend({ redirect_uri: z.string().optional() });

const Grant = z.discriminatedUnion("grant_type", [
  z.object({ grant_type: z.literal("authorization_code"), code: z.string().min(1), redirect_uri: z.string() }),
  z.object({ grant_type: z.literal("refresh_token"), refresh_token: z.string().min(1) }),
]);

const tenMinutes = 600;

/** Says who somebody is, as far as this one does: it believes whatever address it is told. For local use only. */
export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    const route = `${request.method} ${pathname}`;
    if (route === "GET /authorize") return authorize(request, env);
    if (route === "POST /token") return issue(request, env);
    if (route === "GET /userinfo") return describe(request, env);
    return new Response("There is nothing here.", { status: 404 });
  },
} satisfies ExportedHandler<IdentityEnv>;

/** Sends the browser back with a code; only to the host that it came by. */
async function authorize(request: Request, { GRANTS }: IdentityEnv): Promise<Response> {
  const { origin, searchParams } = new URL(request.url);
  const { data } = Question.safeParse(Object.fromEntries(searchParams));
  if (!data || new URL(data.redirect_uri).origin !== origin) return refuse("invalid_request");
  const { email, name, redirect_uri, state } = data;
  const code = crypto.randomUUID();
  await keep(GRANTS, `code:${code}`, { email, name, email_verified: true, redirect_uri });
  const back = new URL(redirect_uri);
  back.search = new URLSearchParams({ code, state }).toString();
  return Response.redirect(back.href, 302);
}

/** Gives tokens for a code or a refresh token, each of which is good for once. */
async function issue(request: Request, { GRANTS }: IdentityEnv): Promise<Response> {
  const form = await request.formData().catch(() => new FormData());
  const { data: grant } = Grant.safeParse(Object.fromEntries(form));
  if (!grant) return refuse("invalid_request");
  const isCode = grant.grant_type === "authorization_code";
  const person = await takeOnce(GRANTS, isCode ? `code:${grant.code}` : `refresh:${grant.refresh_token}`);
  if (!person || (isCode && person.redirect_uri !== grant.redirect_uri)) return refuse("invalid_grant");
  const [access_token, refresh_token] = [crypto.randomUUID(), crypto.randomUUID()];
  await keep(GRANTS, `access:${access_token}`, person);
  await GRANTS.put(`refresh:${refresh_token}`, JSON.stringify(Person.parse(person)));
  return Response.json({ access_token, refresh_token, token_type: "Bearer", expires_in: tenMinutes });
}

async function describe(request: Request, { GRANTS }: IdentityEnv): Promise<Response> {
  const [, token = ""] = /^Bearer (.+)$/.exec(request.headers.get("Authorization") ?? "") ?? [];
  const { data: person } = Person.safeParse(await GRANTS.get(`access:${token}`, "json"));
  return person ? Response.json(person) : refuse("invalid_token", 401);
}

/** Who was granted something under a key, which is then good for nothing. */
async function takeOnce(grants: KVNamespace, key: string) {
  if (!/^\w+:[\w-]{1,64}$/.test(key)) return undefined; // nothing was kept under it; KV would throw for one that is too long
  const { data: person } = Granted.safeParse(await grants.get(key, "json"));
  await grants.delete(key);
  return person;
}

function keep(grants: KVNamespace, key: string, person: z.output<typeof Granted>): Promise<void> {
  return grants.put(key, JSON.stringify(person), { expirationTtl: tenMinutes });
}

function refuse(error: string, status = 400): Response {
  return Response.json({ error }, { status });
}
