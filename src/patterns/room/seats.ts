import type { LoomSocket, SocketMessage, WebSocketManager } from "../../index.ts";
import type { RoomMember, Seat } from "./member.ts";

const everybody = "member";

/** A socket, as the platform or as Loom hands it over. */
export type RoomSocket = WebSocket | LoomSocket;

/** The sockets of a room, by their users. They are the presence: what the platform lists survives an eviction. */
export class Seats {
  readonly #ctx: DurableObjectState;
  readonly #sockets: WebSocketManager;
  readonly #over = new Set<string>();

  constructor(ctx: DurableObjectState, sockets: WebSocketManager) {
    this.#ctx = ctx;
    this.#sockets = sockets;
  }

  /** Who is here, the first to come first. */
  members(): RoomMember[] {
    const found = new Map<string, RoomMember>();
    // The platform lists the newest first, which also tells who came first in one millisecond.
    for (const { state } of this.#sockets.getConnections<Seat>(everybody).toReversed()) {
      const { userId, role, joinedAt } = state;
      found.set(userId, { userId, role, joinedAt });
    }
    return [...found.values()].sort((one, other) => one.joinedAt - other.joinedAt);
  }

  /** The open sockets of one user. */
  of(userId: string): LoomSocket<Seat>[] {
    return this.#sockets.getConnections<Seat>(tagOf(userId));
  }

  /** What one more socket of a user is accepted with. */
  seatFor(userId: string, role: string): { readonly tags: readonly string[]; readonly state: Seat } {
    const { joinedAt, visit } = this.of(userId)[0]?.state ?? { joinedAt: Date.now(), visit: crypto.randomUUID() };
    return { tags: [everybody, tagOf(userId)], state: { userId, role, joinedAt, visit } };
  }

  /** What a socket holds; undefined for one that is not the room's. */
  find(socket: RoomSocket): Seat | undefined {
    const state = ("state" in socket ? socket : this.#sockets.of(socket)).state as Partial<Seat> | undefined;
    return state?.visit === undefined ? undefined : (state as Seat); // the room's own, whole
  }

  /** Gives all sockets of a user one role; false if they had it. */
  assign(userId: string, role: string): boolean {
    const others = this.of(userId).filter(({ state }) => state.role !== role);
    for (const seat of others) seat.state = { ...seat.state, role };
    return others.length > 0;
  }

  /** Sends to all but the sockets of `except`, a user or one socket; to how many. */
  tell(message: SocketMessage, except?: RoomSocket | string): number {
    const left = typeof except === "string" ? this.of(except) : (except ?? []);
    return this.#sockets.broadcast(message, { tag: everybody, except: left });
  }

  /** Sends to all sockets of one user; to how many. */
  tellUser(userId: string, message: SocketMessage): number {
    return this.#sockets.broadcast(message, { tag: tagOf(userId) });
  }

  /** Ends a visit whose sockets are all closing or gone: the others are told, once. */
  end({ userId, visit }: Seat): void {
    if (this.#over.has(visit)) return;
    this.#remember(visit);
    // The client of one that the room closed may answer only after an eviction.
    for (const ws of this.#ctx.getWebSockets(tagOf(userId))) {
      const socket = this.#sockets.of<Seat>(ws);
      socket.state = { ...socket.state, isOver: true };
    }
    this.tell({ type: "user_left", userId, timestamp: Date.now() });
  }

  /** For sockets that the platform lists no more, their own end being still to come. */
  #remember(visit: string): void {
    this.#over.add(visit);
    if (this.#over.size > 1_000) this.#over.delete(this.#over.values().next().value!);
  }
}

function tagOf(userId: string): string {
  return `user:${userId}`;
}
