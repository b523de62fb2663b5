import { DurableObject } from "#platform";

/** Says by its socket what has happened, sooner or later. */
export class Patient extends DurableObject<{ readonly DB: D1Database }> {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override alarm(): void {
    this.say("alarm");
  }

  override async webSocketMessage(socket: WebSocket, url: string): Promise<void> {
    const response = await inTime(fetch(url), 30_000);
    socket.send(await response.text());
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    socket.close(code, reason);
  }

  say(text: string): void {
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }

  alarmIn(delay: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + delay);
  }

  sendIn(delay: number): void {
    setTimeout(() => this.say("timer"), delay);
  }

  async wait(delay: number): Promise<number> {
    await scheduler.wait(delay);
    return Date.now();
  }

  async block(): Promise<void> {
    await this.ctx.blockConcurrencyWhile(() => new Promise<never>(() => {}));
  }

  /** Goes on when the call has been answered. */
  queryLater(times: number): void {
    void this.#query(times);
  }

  deriveInBackground(): void {
    this.ctx.waitUntil(this.#derive());
  }

  /** Node does not list what its threads compute. */
  async #derive(): Promise<void> {
    const [hash, salt] = ["SHA-256", new Uint8Array(16)];
    const key = await crypto.subtle.importKey("raw", salt, "PBKDF2", false, ["deriveBits"]);
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt, iterations: 1_000_000 }, key, 256);
    this.say("derived");
  }

  async #query(times: number): Promise<void> {
    for (let done = 0; done < times; done += 1) await this.env.DB.prepare("SELECT 1").first();
    this.say("queried");
  }
}

/** `work`, or a failure after `limit`. */
async function inTime<Result>(work: Promise<Result>, limit: number): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("too late")), limit);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
