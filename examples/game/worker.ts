import { routeToObject } from "loom-do/worker";
import type { GameServer } from "./game-server.ts";

export { GameServer } from "./game-server.ts";

interface Bindings {
  readonly GAME_SERVERS: DurableObjectNamespace<GameServer>;
}

export default {
  fetch(request: Request, env: Bindings) {
    return routeToObject(request, env.GAME_SERVERS, "/game/:id/*") ?? new Response("Not found", { status: 404 });
  },
};
