import { getLoomStub } from "loom-do/worker";
import { forward } from "./forward.ts";
import { type Handler, type MemberVisit, refusal } from "./visit.ts";

/** `POST /api/chat/:with`: the conversation of this site and another, begun if there is none. */
export const openChat: Handler<MemberVisit> = async (visit) => {
  const { env, params } = visit;
  const [a, b] = pairOf(visit);
  if (!env.DB) return refusal(503, "Service unavailable");
  if (a === b) return refusal(400, "Nobody talks to themselves");
  const other = await env.DB.prepare("SELECT 1 FROM tenants WHERE subdomain = ? AND active = 1")
    .bind(params["with"])
    .first();
  if (!other) return refusal(404, "Site not found");
  const now = new Date().toISOString();
  const insert = env.DB.prepare(
    `INSERT INTO chat_conversations (id, participant_a, participant_b, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
     ON CONFLICT DO NOTHING`,
  );
  await insert.bind(crypto.randomUUID(), a, b, now).run();
  const query = "SELECT id FROM chat_conversations WHERE participant_a = ? AND participant_b = ?";
  return Response.json(await env.DB.prepare(query).bind(a, b).first());
};

/** `/api/chat/:with/ws`, `…/send` and `…/history`: in the name of this site, whatever is sent. */
export const chat: Handler<MemberVisit> = (visit) => {
  const { env, site, params, request } = visit;
  const object = getLoomStub(env.CHAT, `chat:${pairOf(visit).join(":")}`);
  const path = `/${params["what"]}`;
  if (request.method === "POST") {
    return forward(visit, object, { path, body: { senderId: site.subdomain, alreadyPersisted: false } });
  }
  return forward(visit, object, { path, query: { tenantId: site.subdomain } });
};

function pairOf({ site, params }: MemberVisit): [string, string] {
  return [site.subdomain, params["with"]!].toSorted() as [string, string]; // two go in
}
