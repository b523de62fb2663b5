interface SinkEnv {
  readonly DAYS: KVNamespace;
}

/** Keeps the figures of days that are over: `PUT /days/:site/:date`, and `GET` for who wants to see them. */
export default {
  async fetch(request, { DAYS }) {
    const [, key] = /^\/days\/([^/]+\/\d{4}-\d\d-\d\d)$/.exec(new URL(request.url).pathname) ?? [];
    if (key === undefined) return new Response("There is nothing here.", { status: 404 });
    if (request.method === "GET") return answer(await DAYS.get(key));
    if (request.method !== "PUT") return new Response("PUT or GET.", { status: 405, headers: { Allow: "GET, PUT" } });
    const figures: unknown = await request.json().catch(() => undefined);
    if (typeof figures !== "object" || figures === null) return new Response("Send JSON.", { status: 400 });
    await DAYS.put(key, JSON.stringify(figures));
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<SinkEnv>;

function answer(figures: string | null): Response {
  if (figures === null) return new Response("There is no such day.", { status: 404 });
  return new Response(figures, { headers: { "Content-Type": "application/json" } });
}
