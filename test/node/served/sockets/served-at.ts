import { afterAll, beforeAll } from "vitest";
import type { Socket } from "../../support/socket.ts";
import { type Served, Workerd } from "../../support/workerd.ts";

/** Dates before and after close frames of standard sockets were answered by the runtime (2026-04-07). */
export const dates = ["2026-03-30", "2026-10-01"] as const;

/** What is served: a file of fixtures and the objects among its classes. */
export interface ServedFile extends Pick<Served, "compatibilityFlags"> {
  readonly file: string;
  readonly classes: readonly string[];
}

/** Has objects served at a date while the tests of a block run. */
export function servedAt(compatibilityDate: string, { file, ...served }: ServedFile): () => Workerd {
  let server: Workerd;
  beforeAll(async () => {
    const fixture = new URL(`../fixtures/${file}`, import.meta.url);
    server = await Workerd.serve({ ...served, fixture, compatibilityDate });
  });
  afterAll(() => server?.end());
  return () => server;
}

/** Sends a message as JSON. */
export function tell(socket: Socket, message: object): void {
  socket.send(JSON.stringify(message));
}

/** The message number `count` that reaches `socket`, read. */
export async function heard(socket: Socket, count: number): Promise<unknown> {
  await socket.until(count);
  return JSON.parse(socket.received[count - 1]!);
}
