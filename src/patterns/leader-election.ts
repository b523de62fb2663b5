import { Alarm, type AlarmInfo, Loom, LoomDO, type LoomSocket, OnSocketOpen, Persisted, Route, Rpc } from "../index.ts";
import { name, whole } from "./shape.ts";

/** Who leads. */
export interface Leader {
  readonly nodeId: string;
  /** Grows with every leadership, also of the same node after a gap: a leader of an earlier term is a stale one. */
  readonly term: number;
  /** When the leadership ends, in Unix milliseconds. */
  readonly expiresAt: number;
}

const ttl = whole(1, 400 * 86_400_000);

/**
 * One leader of many nodes, for as long as it says that it is there.
 *
 * @example
 * ```ts
 * if (await election.claimLeadership(nodeId, 30_000)) await work();
 * ```
 */
@Loom({ name: "LeaderElection" })
export class LeaderElection<TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  @Persisted accessor #leader: Leader | null = null;
  @Persisted accessor #lastTerm = 0;

  /** True if `nodeId` leads now, for `ttl` milliseconds from now: as a new leader, or as the one it was. */
  @Rpc({ args: [name, ttl] })
  async claimLeadership(nodeId: string, ttl: number): Promise<boolean> {
    const leader = this.leader();
    if (leader) return this.renew(nodeId, ttl);
    this.#lastTerm += 1;
    this.#appoint({ nodeId, term: this.#lastTerm, expiresAt: Date.now() + ttl });
    this.#tell();
    return true;
  }

  /** Has the leader lead on, for `ttl` milliseconds from now; false if `nodeId` is not it any more. */
  @Rpc({ args: [name, ttl] })
  renew(nodeId: string, ttl: number): boolean {
    const leader = this.leader();
    if (leader?.nodeId !== nodeId) return false;
    this.#appoint({ ...leader, expiresAt: Date.now() + ttl });
    return true;
  }

  /** Ends the leadership of `nodeId`; false if it was not the leader. */
  @Rpc({ args: [name] })
  resign(nodeId: string): boolean {
    if (this.leader()?.nodeId !== nodeId) return false;
    this.#depose();
    return true;
  }

  /** Who leads now. */
  leader(): Leader | null {
    return this.#leader && this.#leader.expiresAt > Date.now() ? this.#leader : null;
  }

  @Route("GET", "/leader")
  readLeader() {
    return { leader: this.leader() };
  }

  /** A watcher is told who leads, then of every change. */
  @OnSocketOpen("/watch")
  watch(socket: LoomSocket) {
    socket.send(this.#news());
  }

  // Renewals leave the alarm where it is: it finds out that the leader is still there, and waits on.
  @Alarm("expire")
  async expire(_payload: undefined, { scheduledTime }: AlarmInfo): Promise<void> {
    if (!this.#leader) return;
    if (!this.leader()) return this.#depose();
    // Later than this run, by a clock that is behind too: it would not end.
    const next = Math.max(this.#leader.expiresAt, scheduledTime.getTime() + 1);
    await this.alarms.ensureScheduled(this.expire, new Date(next));
  }

  #appoint(leader: Leader): void {
    this.#leader = leader;
    void this.alarms.ensureScheduled(this.expire, new Date(leader.expiresAt));
  }

  #depose(): void {
    this.#leader = null;
    this.#tell();
  }

  #tell(): void {
    this.sockets.broadcast(this.#news(), { pattern: "/watch" });
  }

  #news() {
    return { type: "leader", leader: this.leader() };
  }
}
