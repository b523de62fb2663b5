/** A board of squares that up to four players claim in turn. */
export interface GameState {
  readonly status: "waiting" | "playing" | "finished";
  /** Who has each square, by id; null for nobody. */
  readonly squares: readonly (string | null)[];
  /** Whose turn it is, by their place among the players. */
  readonly turn: number;
}

export interface Player {
  readonly id: string;
  readonly score: number;
}

export interface Move {
  readonly playerId: string;
  readonly square: number;
}

/** The game after a move, with the players' new scores. */
export interface Moved {
  readonly gameState: GameState;
  readonly players: ReadonlyMap<string, Player>;
}

export const maxPlayers = 4;
const width = 4;

export const newGame: GameState = { status: "waiting", squares: Array<null>(width * width).fill(null), turn: 0 };

/** Why a move is not allowed; undefined for one that is. */
export function refusalOf({ gameState, players }: Moved, { playerId, square }: Move): string | undefined {
  if (!players.has(playerId)) return "Join the game first";
  if (gameState.status !== "playing") return `The game is ${gameState.status}`;
  if ([...players.keys()][gameState.turn] !== playerId) return "It is not your turn";
  if (gameState.squares[square] !== null) return "No such free square";
  return undefined;
}

/** Claims a square, which scores a point, and one more for each neighbour that is the player's own. */
export function play({ gameState, players }: Moved, { playerId, square }: Move): Moved {
  const squares = gameState.squares.with(square, playerId);
  const own = neighboursOf(square).filter((at) => squares[at] === playerId);
  const score = players.get(playerId)!.score + 1 + own.length;
  const isOver = squares.every((owner) => owner !== null);
  return {
    gameState: { status: isOver ? "finished" : "playing", squares, turn: (gameState.turn + 1) % players.size },
    players: new Map(players).set(playerId, { id: playerId, score }),
  };
}

function neighboursOf(square: number): number[] {
  const column = square % width;
  const beside = [column > 0 ? square - 1 : -1, column < width - 1 ? square + 1 : -1];
  return [...beside, square - width, square + width];
}
