import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What reached a sink. */
export interface Delivery {
  readonly path: string;
  readonly body: string;
}

/** Says with which status a delivery is answered; what waits keeps its sender waiting. */
export type Answering = (delivery: Delivery) => number | Promise<number>;

/** A server outside workerd that keeps the path of every request: what really left an object. */
export class Sink {
  /** The paths received so far. */
  readonly received: string[] = [];
  readonly #server: Server;
  readonly #answering: Answering | undefined;

  private constructor(answering: Answering | undefined) {
    this.#answering = answering;
    this.#server = createServer(async (request, response) => {
      this.received.push(request.url ?? "");
      response.statusCode = await this.#statusFor(request);
      response.end("ok");
    });
  }

  /** Starts a sink on a free port; without `answering` it takes everything. */
  static async open(answering?: Answering): Promise<Sink> {
    const sink = new Sink(answering);
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  /** Where it listens, as `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops listening. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #statusFor(request: IncomingMessage): Promise<number> {
    if (this.#answering === undefined) return 200;
    try {
      return await this.#answering({ path: request.url ?? "", body: await text(request) });
    } catch {
      return 500; // the sender was killed while it wrote
    }
  }
}
