import { type Frozen, LoomDO, type LoomRequestContext, LoomResponse, Persisted, Route } from "loom-do";
import { z } from "zod";
import { type GameState, maxPlayers, newGame, play, type Player, refusalOf } from "./rules.ts";

const PlayerQuery = z.object({ playerId: z.string().min(1).max(64) });
const MoveBody = z.object({ square: z.number().int().nonnegative() });

/** One game: who plays, and what happened. */
export class GameServer extends LoomDO {
  @Persisted accessor players: ReadonlyMap<string, Player> = new Map();
  @Persisted accessor gameState: Frozen<GameState> = newGame;

  // Joining twice is joining once, so a link does for it.
  @Route("GET", "/join", { query: PlayerQuery })
  @Route("POST", "/join", { query: PlayerQuery })
  join({ query: { playerId } }: LoomRequestContext<"/join", { query: typeof PlayerQuery }>) {
    if (!this.players.has(playerId)) {
      if (this.players.size >= maxPlayers) return LoomResponse.badRequest("Game is full");
      if (this.gameState.status === "finished") return LoomResponse.badRequest("The game is finished");
      this.players = new Map(this.players).set(playerId, { id: playerId, score: 0 });
      if (this.players.size > 1) this.gameState = { ...this.gameState, status: "playing" };
    }
    return LoomResponse.success({ joined: true, players: this.players.size });
  }

  @Route("POST", "/move", { query: PlayerQuery, body: MoveBody })
  move({ query, body }: LoomRequestContext<"/move", { query: typeof PlayerQuery; body: typeof MoveBody }>) {
    const move = { ...query, ...body };
    const refusal = refusalOf(this, move);
    if (refusal) return LoomResponse.badRequest(refusal);
    ({ gameState: this.gameState, players: this.players } = play(this, move));
    return LoomResponse.success(this.state());
  }

  @Route("GET", "/state")
  state() {
    return { ...this.gameState, players: [...this.players.values()] };
  }
}
