import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GameServer } from "../../examples/game/game-server.ts";
import { newGame, play, type Player, refusalOf } from "../../examples/game/rules.ts";
import worker from "../../examples/game/worker.ts";
import { objectOf } from "../support.ts";

const namespaces = env as unknown as { GameServer: DurableObjectNamespace<GameServer> };

describe("joining", () => {
  test("up to four play, and the fifth is told so", async () => {
    const game = newId();
    const counts = [];
    for (const player of ["ada", "bob", "cy", "dee"]) counts.push(await post(`${game}/join?playerId=${player}`));

    expect(counts).toEqual([1, 2, 3, 4].map((players) => [200, { success: true, joined: true, players }]));
    expect(await post(`${game}/join?playerId=eve`)).toEqual([400, refused("Game is full")]);
    expect(await post(`${game}/join?playerId=ada`)).toEqual([200, { success: true, joined: true, players: 4 }]);
  });

  test("a link joins as a form does", async () => {
    expect(await call(`${newId()}/join?playerId=ada`)).toEqual([200, { success: true, joined: true, players: 1 }]);
  });

  test("nobody joins without a name", async () => {
    expect((await post(`${newId()}/join`))[0]).toBe(400);
  });
});

describe("a move", () => {
  test("claims a square, scores, and is the next player's turn", async () => {
    const game = await started("ada", "bob");

    expect(await post(`${game}/move?playerId=ada`, { square: 5 })).toMatchObject([
      200,
      { success: true, status: "playing", turn: 1, players: [{ id: "ada", score: 1 }, { id: "bob" }] },
    ]);
    await post(`${game}/move?playerId=bob`, { square: 0 });
    await post(`${game}/move?playerId=ada`, { square: 6 });

    expect(await call(`${game}/state`)).toMatchObject([200, { turn: 1, players: [{ score: 3 }, { score: 1 }] }]);
  });

  test.for([
    ["by a stranger", "eve", 1, "Join the game first"],
    ["out of turn", "bob", 1, "It is not your turn"],
    ["to a square that is taken", "ada", 0, "No such free square"],
    ["off the board", "ada", 16, "No such free square"],
  ] as const)("%s is refused, and changes nothing", async ([_title, player, square, message]) => {
    const game = await started("ada", "bob");
    await post(`${game}/move?playerId=ada`, { square: 0 });
    await post(`${game}/move?playerId=bob`, { square: 2 });
    const before = await call(`${game}/state`);

    expect(await post(`${game}/move?playerId=${player}`, { square })).toEqual([400, refused(message)]);

    expect(await call(`${game}/state`)).toEqual(before);
  });

  test("waits for a second player", async () => {
    const game = await started("ada");

    expect(await post(`${game}/move?playerId=ada`, { square: 0 })).toEqual([400, refused("The game is waiting")]);
  });

  test.for([
    ["no body", undefined],
    ["no square", {}],
    ["half a square", { square: 0.5 }],
  ] as const)("with %s is bad input", async ([_title, body]) => {
    expect((await post(`${await started("ada", "bob")}/move?playerId=ada`, body))[0]).toBe(400);
  });
});

test("what was played is there after an eviction", async () => {
  const game = await started("ada", "bob");
  await post(`${game}/move?playerId=ada`, { square: 3 });
  const before = await call(`${game}/state`);

  await evictDurableObject(objectOf<GameServer>("GameServer", game.slice(1)));

  expect(await call(`${game}/state`)).toEqual(before);
});

test("games are apart, and other paths are nobody's", async () => {
  const [one, other] = [await started("ada", "bob"), await started("cy", "dee")];
  await post(`${one}/move?playerId=ada`, { square: 3 });

  expect(await call(`${other}/state`)).toMatchObject([200, { turn: 0, squares: newGame.squares }]);
  expect((await worker.fetch(new Request("https://game.test/"), bindings())).status).toBe(404);
  expect((await call(`${one}/board`))[0]).toBe(404);
});

test("every game ends with each square taken and the points counted once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 4 }),
      fc.shuffledSubarray([...Array(16).keys()], { minLength: 16 }),
      (count, order) => {
        const players = new Map<string, Player>();
        for (let id = 0; id < count; id += 1) players.set(`${id}`, { id: `${id}`, score: 0 });
        let game = { gameState: { ...newGame, status: "playing" as const }, players } as Parameters<typeof play>[0];
        for (const [turn, square] of order.entries()) {
          const move = { playerId: `${turn % count}`, square };
          expect(refusalOf(game, move)).toBeUndefined();
          game = play(game, move);
        }
        const { status, squares } = game.gameState;
        const pairs = squares.filter((owner, at) => at % 4 < 3 && squares[at + 1] === owner).length;
        const stacks = squares.filter((owner, at) => squares[at + 4] === owner).length;
        const scores = [...game.players.values()].map(({ score }) => score);
        expect([status, scores.reduce((sum, score) => sum + score)]).toEqual(["finished", 16 + pairs + stacks]);
      },
    ),
  );
});

/** The path of a game nobody knows yet. */
function newId(): string {
  return `/${crypto.randomUUID()}`;
}

async function started(...players: string[]): Promise<string> {
  const game = newId();
  for (const player of players) await post(`${game}/join?playerId=${player}`);
  return game;
}

async function call(path: string, init?: RequestInit): Promise<[status: number, body: unknown]> {
  const response = await worker.fetch(new Request(`https://game.test/game${path}`, init), bindings());
  return [response.status, await response.json()];
}

function post(path: string, body?: object): Promise<[status: number, body: unknown]> {
  return call(path, { method: "POST", ...(body && { body: JSON.stringify(body) }) });
}

function bindings() {
  return { GAME_SERVERS: namespaces.GameServer };
}

function refused(message: string) {
  return expect.objectContaining({ error_description: message }) as unknown;
}
