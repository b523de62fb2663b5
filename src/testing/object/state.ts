import { adopt } from "../../platform/adopt.ts";
import type { MockStorage } from "../storage/storage.ts";
import type { MockObjectId } from "./id.ts";
import { report } from "./report.ts";
import type { Wake } from "./wake.ts";

const maxBlock = 30_000;
const blockedTooLong =
  "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the Durable " +
  "Object was reset.";
const byDefault = "Application called abort() to reset Durable Object.";

/** `ctx` of one wake. */
export class MockState {
  readonly #wake: Wake;
  readonly id: MockObjectId;
  readonly storage: MockStorage;
  readonly props = {};
  readonly exports = {};

  constructor(wake: Wake) {
    this.#wake = wake;
    this.id = wake.home.id;
    this.storage = wake.storage;
  }

  /** A failure is logged: nobody waits for it. */
  waitUntil(promise: unknown): void {
    const { clock } = this.#wake.home;
    clock.during(Promise.resolve(promise)).catch((error: unknown) => report("waitUntil()", error));
  }

  /** Holds events back while `work` runs; a failure resets the object. */
  async blockConcurrencyWhile<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#wake.block(() => this.#inTime(work));
    } catch (error) {
      this.#wake.reset(error);
      throw error;
    }
  }

  async #inTime<Result>(work: () => Promise<Result>): Promise<Result> {
    const { clock } = this.#wake.home;
    const late = Promise.withResolvers<never>();
    const entry = clock.at(clock.now() + maxBlock, () => late.reject(new Error(blockedTooLong)));
    this.#wake.timers.add(entry);
    try {
      return await Promise.race([work(), late.promise]);
    } finally {
      clock.cancel(entry);
      this.#wake.timers.delete(entry);
    }
  }

  /** Resets the object. Unlike workerd, Node goes on with the code behind it; what that writes is not kept. */
  abort(reason: unknown = byDefault): void {
    this.#wake.reset(reason);
  }

  acceptWebSocket(socket: WebSocket, tags: readonly string[] = []): void {
    this.#wake.home.sockets.accept(socket, tags);
  }

  getWebSockets(tag?: string): WebSocket[] {
    return this.#wake.home.sockets.list(tag);
  }

  getTags(socket: WebSocket): string[] {
    return this.#wake.home.sockets.tagsOf(socket);
  }

  setWebSocketAutoResponse(pair?: WebSocketRequestResponsePair): void {
    this.#wake.home.sockets.autoResponse = pair ?? null;
  }

  getWebSocketAutoResponse(): WebSocketRequestResponsePair | null {
    return this.#wake.home.sockets.autoResponse;
  }

  getWebSocketAutoResponseTimestamp(socket: WebSocket): Date | null {
    return this.#wake.home.sockets.answeredAt(socket);
  }

  setHibernatableWebSocketEventTimeout(timeout?: number): void {
    this.#wake.home.sockets.eventTimeout = timeout ?? null;
  }

  getHibernatableWebSocketEventTimeout(): number | null {
    return this.#wake.home.sockets.eventTimeout;
  }

  [adopt](object: object): void {
    this.#wake[adopt](object);
  }
}
