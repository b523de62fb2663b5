import {
  LOOM_ERRORS,
  LoomDO,
  LoomError,
  type LoomRequestContext,
  OnStart,
  Persisted,
  PersistedList,
  PersistedMap,
  Route,
  Rpc,
  type SocketMessage,
} from "../index.ts";
import { payloadOf, refuseFull, refuseName, type RoomIdentity, type RoomMember } from "./room/member.ts";
import { type RoomSocket, Seats } from "./room/seats.ts";

/**
 * A room of users over WebSockets: who is here, what was said, who may do what.
 *
 * Any path joins, as `wss://…/rooms/lobby?userId=ada`; a user with several sockets is one member.
 *
 * @example
 * ```ts
 * export class ChatRoom extends WebSocketRoom {
 *   protected override readonly historySize = 50;
 *
 *   override async handleMessage(ws: WebSocket, message: string) {
 *     const { text } = JSON.parse(message);
 *     this.broadcast({ type: "chat", userId: this.findUserIdByWebSocket(ws), text });
 *   }
 * }
 * ```
 */
export class WebSocketRoom<TState = unknown, TEnv = Cloudflare.Env> extends LoomDO<TState, TEnv> {
  /** How many users may be here at once. */
  protected readonly maxMembers: number = Infinity;
  /** How many of the last messages are kept and shown to who joins. */
  protected readonly historySize: number = 0;

  @Persisted protected accessor history = new PersistedList<SocketMessage>();
  @Persisted protected accessor roles = new PersistedMap<string>();
  readonly #seats = new Seats(this.ctx, this.sockets);

  /** Runs once a wake, before any event. */
  @OnStart
  protected async onInitialize(): Promise<void> {}

  /**
   * Says who a client is, or refuses it with a Response.
   *
   * As it stands everybody is who they say they are: override it.
   */
  @Rpc(false)
  protected identify(request: Request): RoomIdentity | Response | Promise<RoomIdentity | Response> {
    return { userId: new URL(request.url).searchParams.get("userId") ?? "" };
  }

  /** Takes what a member sends. As it stands everybody gets its `payload`. */
  @Rpc(false)
  handleMessage(ws: WebSocket, message: string): void | Promise<void> {
    const userId = this.findUserIdByWebSocket(ws);
    this.broadcast({ type: "message", userId, payload: payloadOf(message), timestamp: Date.now() });
  }

  /** What `welcome` tells who joins. */
  @Rpc(false)
  protected roomState(): object {
    return { members: this.members(), history: [...this.history] };
  }

  /** Whether a message that is broadcast belongs to the history. */
  @Rpc(false)
  protected isKept(_message: SocketMessage): boolean {
    return true;
  }

  /** Who is here, the first to come first. */
  members(): RoomMember[] {
    return this.#seats.members();
  }

  /** Sends to all members but the sockets of `except`, a user or one socket; to how many sockets. */
  broadcast(message: SocketMessage, except?: RoomSocket | string): number {
    // A copy: what is kept is frozen, and the message is the caller's.
    if (this.historySize > 0 && this.isKept(message)) this.history.push(structuredClone(message));
    while (this.history.length > this.historySize) this.history.shift();
    return this.#seats.tell(message, except);
  }

  /** Sends to all sockets of one user; to how many. */
  sendTo(userId: string, message: SocketMessage): number {
    return this.#seats.tellUser(userId, message);
  }

  /** Closes a user's sockets with 4003; false if there are none. It may come back, unless `identify` refuses it. */
  kick(userId: string, reason = "You were removed."): boolean {
    const seats = this.#seats.of(userId);
    for (const seat of seats) seat.close(4003, reason);
    for (const { state } of seats) this.#seats.end(state);
    return seats.length > 0;
  }

  /** Gives a user a role, here or not. It is kept, and counts for more than what `identify` says. */
  setRole(userId: string, role: string): void {
    this.roles.set(userId, role);
    if (this.#seats.assign(userId, role)) this.#seats.tell({ type: "role_changed", userId, role });
  }

  /** The member behind a socket. */
  @Rpc(false)
  findMemberByWebSocket(ws: RoomSocket): RoomMember | undefined {
    return this.#seats.find(ws);
  }

  /** The user behind a socket. */
  @Rpc(false)
  findUserIdByWebSocket(ws: RoomSocket): string | undefined {
    return this.#seats.find(ws)?.userId;
  }

  protected override onWebSocketMessage(ws: WebSocket, message: string | ArrayBuffer): void | Promise<void> {
    if (typeof message === "string") return this.handleMessage(ws, message);
    throw new LoomError(LOOM_ERRORS.FRAME_NOT_JSON);
  }

  protected override onWebSocketClose(ws: WebSocket): void {
    const seat = this.#seats.find(ws);
    if (seat && !seat.isOver && this.#seats.of(seat.userId).length === 0) this.#seats.end(seat);
  }

  @Route("GET", "/*")
  protected async join({ request }: LoomRequestContext<"/*">): Promise<Response> {
    const who = await this.identify(request);
    return who instanceof Response ? who : (refuseName(who.userId) ?? this.#admit(request, who));
  }

  /** In one turn: of two who come at once, one is the last there was room for, or the first of a user. */
  #admit(request: Request, { userId, role: given = "member" }: RoomIdentity): Response {
    const isHere = this.#seats.of(userId).length > 0;
    if (!isHere && this.members().length >= this.maxMembers) return refuseFull();
    const role = this.roles.get(userId) ?? given;
    const onOpen = (socket: { send(message: SocketMessage): void }) => {
      const isNews = this.#seats.assign(userId, role);
      socket.send({ type: "welcome", userId, role, roomState: this.roomState() });
      if (!isHere) this.#seats.tell({ type: "user_joined", userId, role, timestamp: Date.now() }, userId);
      if (isNews) this.#seats.tell({ type: "role_changed", userId, role });
    };
    return this.sockets.accept(request, { ...this.#seats.seatFor(userId, role), onOpen });
  }
}
