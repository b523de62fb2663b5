import type { LoomSocket, WebSocketManager } from "loom-do";
import type { Presence } from "../../types.ts";
import type { RecentSessions } from "./recent-sessions.ts";

/** What a reader's socket holds. */
export interface Reader {
  readonly sessionId?: string;
  /** When it was heard last, in Unix milliseconds. */
  readonly seen: number;
}

export type ReaderSocket = LoomSocket<Reader>;

/** Who reads the post: sessions counted lately and those of open sockets, each once, and sockets that name none. */
export class Readers {
  readonly #sockets: WebSocketManager;
  readonly #recent: RecentSessions;

  constructor(sockets: WebSocketManager, recent: RecentSessions) {
    this.#sockets = sockets;
    this.#recent = recent;
  }

  /** Who is here, `joining` included, whose socket is not open yet. */
  presence(...joining: readonly Reader[]): Presence {
    const here = this.#sockets.getConnections<Reader>({ pattern: "/*" }).map(({ state }) => state);
    return presenceOf(this.#recent.times, [...here, ...joining]);
  }

  /** As sockets are told it. */
  count(...joining: readonly Reader[]): Pick<Presence, "activeReaders"> {
    return { activeReaders: this.presence(...joining).activeReaders };
  }

  /** Tells every reader how many there are. */
  tell(): void {
    this.#sockets.broadcast({ type: "presence", data: this.count() });
  }
}

function presenceOf(recent: ReadonlyMap<string, number>, sockets: readonly Reader[]): Presence {
  const others = new Set<string>();
  let [unnamed, lastActivity] = [0, 0];
  for (const { sessionId, seen } of sockets) {
    lastActivity = Math.max(lastActivity, seen);
    if (sessionId === undefined) unnamed += 1;
    else if (!recent.has(sessionId)) others.add(sessionId);
  }
  for (const time of recent.values()) lastActivity = Math.max(lastActivity, time);
  return { activeReaders: recent.size + others.size + unnamed, lastActivity };
}
