import { answersOf, type Run } from "./answers.ts";

/** A block of a page, as a module of its Worker. */
interface Part {
  readonly default?: ExportedHandler<Cloudflare.Env>;
  readonly run?: Run;
}

type Fetch = ExportedHandlerFetchHandler<Cloudflare.Env>;

/** The Worker of a page: its scripts behind `/run/:file`, then the Workers that it shows, the last one first. */
export function served(parts: Readonly<Record<string, Part>>): { readonly fetch: Fetch } {
  const workers = Object.values(parts).flatMap((part) => part.default ?? []);
  return {
    async fetch(request, env, ctx) {
      const [, first, file] = new URL(request.url).pathname.split("/");
      if (first === "run") return Response.json(await answersOf(parts[file!]!.run!));
      let response = new Response("Not found", { status: 404 });
      for (const worker of workers.toReversed())
        if (response.status === 404) response = await worker.fetch!(request, env, ctx);
      return response;
    },
  };
}
