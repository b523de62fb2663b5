import { connect, type Socket } from "node:net";
import { once } from "node:events";

/** Keep-alive connections to one port, each with one request under way: as little of a client as HTTP allows. */
export class Load {
  readonly #connections: readonly Connection[];

  private constructor(connections: readonly Connection[]) {
    this.#connections = connections;
  }

  /** Connects to a port of this machine. */
  static async open(port: number, connections = 8): Promise<Load> {
    return new Load(await Promise.all(Array.from({ length: connections }, () => Connection.open(port))));
  }

  /** Sends `count` requests, `head(0)` to `head(count - 1)`, and waits for their answers; the last one's body. */
  async run(count: number, head: (index: number) => string): Promise<string> {
    let next = 0;
    let last = "";
    const work = async (connection: Connection) => {
      while (next < count) last = await connection.send(head(next++));
    };
    await Promise.all(this.#connections.map(work));
    return last;
  }

  /** Closes the connections. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

class Connection {
  readonly #socket: Socket;
  #received = "";
  #answer: PromiseWithResolvers<string> | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.setNoDelay(true);
    socket.on("data", (chunk: string) => this.#receive(chunk));
    socket.on("error", (error) => this.#answer?.reject(error));
    socket.on("close", () => this.#answer?.reject(new Error("The server closed the connection.")));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Connection(socket);
  }

  /** Sends a request without a body; its answer's body. */
  send(head: string): Promise<string> {
    this.#answer = Promise.withResolvers();
    this.#socket.write(`${head} HTTP/1.1\r\nHost: bench\r\n\r\n`);
    return this.#answer.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const end = this.#received.indexOf("\r\n\r\n") + 4;
    if (end < 4) return;
    const length = Number(/\r\nContent-Length: (\d+)/i.exec(this.#received)![1]);
    if (this.#received.length < end + length) return;
    const answer = this.#received;
    this.#received = "";
    if (answer.startsWith("HTTP/1.1 200")) this.#answer?.resolve(answer.slice(end));
    else this.#answer?.reject(new Error(`Not the answer of a benchmark:\n${answer}`));
  }
}
