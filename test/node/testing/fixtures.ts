import { LoomDO, Persisted, Route } from "loom-do";
import { DurableObject } from "#platform";

/** Rings as often as it is told to, and fails as often as it is told to. */
export class Bell extends DurableObject {
  static readonly runs: unknown[] = [];
  static failures = 0;
  isHanging = false;
  setsInVain = false;
  isRestless = false;

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    Bell.runs.push({ at: Date.now(), ...info, set: await this.ctx.storage.getAlarm() });
    if (this.isRestless) await this.ctx.storage.setAlarm(Date.now());
    if (this.setsInVain) Bell.runs.push(await this.setInVain());
    if (this.isHanging) await new Promise(() => {});
    if (Bell.runs.length <= Bell.failures) throw new Error("out of order");
  }

  /** The alarm that is set in vain is none. */
  async setInVain(): Promise<number | null> {
    const { storage } = this.ctx;
    try {
      storage.transactionSync(() => {
        void storage.setAlarm(Date.now() + 5_000);
        throw new Error("in vain");
      });
    } catch {
      // As it is meant to be.
    }
    return storage.getAlarm();
  }

  set(time: number): Promise<void> {
    return this.ctx.storage.setAlarm(time);
  }

  now(): number {
    return Date.now();
  }

  async block(): Promise<void> {
    await this.ctx.blockConcurrencyWhile(() => new Promise<never>(() => {}));
  }

  made(): number {
    return new Date().getTime();
  }

  async wait(milliseconds: number): Promise<number> {
    await scheduler.wait(milliseconds);
    return Date.now();
  }

  async every(milliseconds: number, times: number): Promise<number[]> {
    const rung: number[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        rung.push(Date.now());
        if (rung.length < times) return;
        clearInterval(timer);
        resolve();
      }, milliseconds);
    });
    return rung;
  }
}

/** Counts, and asks another of its kind. */
export class Tally extends LoomDO<unknown, { TALLIES: DurableObjectNamespace<Tally>; readonly greeting?: string }> {
  @Persisted accessor count = 0;

  @Route("POST", "/increment")
  increment() {
    this.count += 1;
    return { count: this.count };
  }

  add(by: number): number {
    return (this.count += by);
  }

  greeting(): string | undefined {
    return this.env.greeting;
  }

  /** Its own change is on disk before the call leaves. */
  async addTo(name: string, by: number): Promise<number> {
    this.count += by;
    return this.env.TALLIES.getByName(name).add(by);
  }

  async addThenAsk(url: string): Promise<string> {
    this.count += 1;
    return (await fetch(url)).text();
  }

  async addThenAskThenAbort(url: string): Promise<void> {
    this.count += 1;
    void fetch(url);
    this.ctx.abort("changed its mind");
  }

  async addToThenAbort(name: string): Promise<void> {
    this.count += 1;
    void this.env.TALLIES.getByName(name).add(1);
    this.ctx.abort("changed its mind");
  }

  /** In workerd nothing runs after `abort`. */
  async abortThenAdd(by: number): Promise<void> {
    this.ctx.abort("too late");
    this.count += by;
    this.sql.exec("CREATE TABLE late (a)");
    this.alarms.schedule(1_000);
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.count += by;
  }

  protected override onAlarm(): void {}

  /** The second change is of another turn, the next there is. */
  async addTurnAddAbort(): Promise<void> {
    this.count += 1;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.count += 1;
    this.ctx.abort("in the second turn");
  }

  async addTurnAdd(): Promise<void> {
    this.count += 1;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.count += 1;
    await new Promise(() => {});
  }
}

/** Sockets by hand. */
export class Chatty extends DurableObject {
  readonly counts: number[] = [];
  readonly errors: string[] = [];

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    const headers = new Headers();
    if (request.headers.has("sec-websocket-protocol")) headers.set("sec-websocket-protocol", "v2");
    if (new URL(request.url).pathname === "/events") {
      server.accept();
      server.addEventListener("message", ({ data }) => server.send(`heard ${data}`));
    } else {
      this.ctx.acceptWebSocket(server);
    }
    const user = request.headers.get("x-user");
    if (user) server.send(JSON.stringify({ user }));
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  override webSocketMessage(socket: WebSocket, message: string): void {
    const kept = (this.ctx.storage.kv.get<number>("kept") ?? 0) + 1;
    this.ctx.storage.kv.put("kept", kept);
    socket.send(JSON.stringify({ kept }));
    if (message === "abort") this.ctx.abort("not this one");
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    this.counts.push(this.ctx.getWebSockets().length);
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.counts.push(this.ctx.getWebSockets().length);
    socket.close(code, reason);
  }

  override webSocketError(socket: WebSocket, error: unknown): void {
    this.errors.push(`${(error as Error).message}, state ${socket.readyState}`);
  }

  failures(): string[] {
    return this.errors;
  }

  listed(): number[] {
    return this.counts;
  }
}
