import { afterTurn } from "../node.ts";
import type { Home } from "../object/home.ts";
import { report } from "../object/report.ts";
import type { Close, End, Frame } from "./end.ts";
import { MockSocket } from "./socket.ts";

/** One hibernatable socket: it outlives the WebSocket objects that show it. */
interface Held {
  readonly end: End;
  readonly tags: readonly string[];
  shown: MockSocket | undefined;
  answeredAt: Date | null;
}

interface Handlers {
  webSocketMessage?(socket: MockSocket, message: string | ArrayBuffer): unknown;
  webSocketError?(socket: MockSocket, error: unknown): unknown;
  webSocketClose?(socket: MockSocket, code: number, reason: string, wasClean: boolean): unknown;
}

const maxSockets = 32_768;
const maxTags = 10;
const maxTagLength = 256;

/** The sockets that an object has given to `ctx.acceptWebSocket`. */
export class Sockets {
  readonly #home: Home;
  #held: Held[] = [];
  autoResponse: WebSocketRequestResponsePair | null = null;
  eventTimeout: number | null = null;

  constructor(home: Home) {
    this.#home = home;
  }

  accept(socket: unknown, tags: readonly string[]): void {
    const shown = socket as MockSocket; // a WebSocket here comes from a pair of the kit's
    if (shown.end.isTaken) throw new TypeError("Tried to acceptWebSocket() on a socket that was already used.");
    const names = [...new Set(tags.map(String))];
    if (names.length > maxTags) throw new Error(`a Hibernatable WebSocket cannot have more than ${maxTags} tags`);
    const long = names.find((name) => name.length > maxTagLength);
    if (long) throw new Error(`"${long}" is longer than the max tag length (${maxTagLength} characters).`);
    if (this.#held.length >= maxSockets)
      throw new Error(`only ${maxSockets} websockets can be accepted on a single actor`);
    const { end } = shown;
    const held: Held = { end, tags: names, shown, answeredAt: null };
    end.clock = this.#home.clock;
    end.gate = () => this.#home.disk.settling;
    end.open((frame) => this.#take(held, frame), true);
    this.#held.unshift(held);
  }

  /** The newest first. */
  list(tag?: string): WebSocket[] {
    const found = tag === undefined ? this.#held : this.#held.filter(({ tags }) => tags.includes(tag));
    return found.map((held) => this.#show(held) as unknown as WebSocket); // what workerd's type has and nobody uses
  }

  tagsOf(socket: unknown): string[] {
    return [...this.#find(socket).tags];
  }

  answeredAt(socket: unknown): Date | null {
    return this.#find(socket).answeredAt;
  }

  /** The wake is over: the next one sees the sockets anew. */
  sleep(): void {
    for (const held of this.#held) held.shown = undefined;
  }

  /** All connections are gone. */
  lose(): void {
    for (const { end } of this.#held.splice(0)) end.lose();
  }

  #find(socket: unknown): Held {
    const held = this.#held.find(({ end }) => end === (socket as MockSocket).end);
    if (held) return held;
    throw new Error("only hibernatable websockets can be used here: this one was not given to acceptWebSocket()");
  }

  #show(held: Held): MockSocket {
    return (held.shown ??= new MockSocket(held.end));
  }

  #take(held: Held, frame: Frame): void {
    if ("close" in frame) return this.#ended(held, frame.close);
    if ("error" in frame) return this.#failed(held, frame.error);
    const { autoResponse } = this;
    if (autoResponse && frame.message === autoResponse.request) {
      held.answeredAt = new Date(this.#home.clock.now());
      held.end.send(autoResponse.response);
      return;
    }
    this.#deliver("webSocketMessage", (object) => object.webSocketMessage?.(this.#show(held), frame.message));
  }

  #ended(held: Held, { code, reason, wasClean }: Close): void {
    const text = wasClean ? reason : "WebSocket disconnected without sending Close frame.";
    this.#deliver("webSocketClose", (object) => {
      this.#dropSoon(held);
      return object.webSocketClose?.(this.#show(held), code, text, wasClean);
    });
  }

  #failed(held: Held, error: unknown): void {
    this.#deliver("webSocketError", (object) => {
      this.#dropSoon(held);
      return object.webSocketError?.(this.#show(held), error);
    });
  }

  /** It is in the list for as long as its last event's first turn. */
  #dropSoon(held: Held): void {
    afterTurn(() => (this.#held = this.#held.filter((each) => each !== held)));
  }

  #deliver(name: string, event: (object: Handlers) => unknown): void {
    this.#home.deliver(event, `${name}()`).catch((error: unknown) => report(`${name}()`, error));
  }
}
