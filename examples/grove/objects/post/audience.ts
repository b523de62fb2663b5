import { LoomResponse, type LoomSocket, type WebSocketManager } from "loom-do";
import type { Viewers } from "../../types.ts";
import { Id } from "./schemas.ts";

/** The socket of a user, who is whom it was opened for. */
export type ViewerSocket = LoomSocket<{ readonly userId: string; readonly typedAt: number }>;

const maxSockets = 1_000;
const typingPause = 2_000;

/** Who looks at the post: the users of its open sockets, which are there after an eviction, too. */
export class Audience {
  readonly #sockets: WebSocketManager;

  constructor(sockets: WebSocketManager) {
    this.#sockets = sockets;
  }

  get viewers(): Viewers {
    const viewers = [...new Set(this.#all.map(({ state }) => state.userId))];
    return { count: viewers.length, viewers };
  }

  /** Tells everybody how many there are. */
  tell(): void {
    this.#sockets.broadcast({ type: "presence", count: this.viewers.count });
  }

  /** Lets a socket in that is about to open: everybody is told, itself included. */
  admit(socket: ViewerSocket, userId: string | null): Response | undefined {
    if (!userId) return LoomResponse.text("Missing userId", 400);
    if (!Id.safeParse(userId).success) return LoomResponse.text("Invalid userId", 400);
    if (this.#sockets.count >= maxSockets) return LoomResponse.text("Too many viewers", 503);
    socket.state = { userId, typedAt: 0 };
    const presence = { type: "presence", count: new Set(this.viewers.viewers).add(userId).size };
    socket.send(presence);
    this.#sockets.broadcast(presence);
    return undefined;
  }

  /** Tells the others that a user types, at most once in two seconds. */
  relayTyping(socket: ViewerSocket): void {
    const { userId } = socket.state;
    const own = this.#all.filter(({ state }) => state.userId === userId);
    if (own.some(({ state }) => Date.now() - state.typedAt < typingPause)) return;
    socket.state = { userId, typedAt: Date.now() };
    this.#sockets.broadcast({ type: "typing", userId }, { except: own });
  }

  get #all(): ViewerSocket[] {
    return this.#sockets.getConnections({ pattern: "/ws" });
  }
}
