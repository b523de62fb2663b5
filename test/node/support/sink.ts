import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server outside workerd that keeps the path of every request: what really left an object. */
export class Sink {
  /** The paths received so far. */
  readonly received: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.received.push(request.url ?? "");
      response.end("ok");
    });
  }

  /** Starts a sink on a free port. */
  static async open(): Promise<Sink> {
    const sink = new Sink();
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
}
