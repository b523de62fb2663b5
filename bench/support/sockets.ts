import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** WebSockets to one path that count the bytes they receive: as little of a client as the protocol allows. */
export class Sockets {
  readonly #sockets: readonly Socket[];
  #missing = 0;
  #arrival: PromiseWithResolvers<void> | undefined;

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
    for (const socket of sockets) {
      socket.on("data", (chunk: Buffer) => this.#receive(chunk.length));
      socket.on("close", () => this.#arrival?.reject(new Error("The server closed a socket.")));
    }
  }

  /** Opens `count` sockets, a few at a time. */
  static async open(port: number, path: string, count: number): Promise<Sockets> {
    const sockets: Socket[] = [];
    let asked = 0;
    const work = async () => {
      while (asked++ < count) sockets.push(await upgraded(port, path));
    };
    await Promise.all(Array.from({ length: 8 }, work));
    return new Sockets(sockets);
  }

  /** Resolves when so many more bytes have come in, all sockets' together. */
  receive(bytes: number): Promise<void> {
    this.#missing = bytes;
    this.#arrival = Promise.withResolvers();
    return this.#arrival.promise;
  }

  /** Drops the connections. */
  close(): void {
    this.#arrival = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  #receive(bytes: number): void {
    this.#missing -= bytes;
    if (this.#missing <= 0) this.#arrival?.resolve();
  }
}

async function upgraded(port: number, path: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const headers = ["Host: bench", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  socket.write(
    [`GET ${path} HTTP/1.1`, ...headers, "Sec-WebSocket-Key: bG9vbS1iZW5jaC1zb2NrZXQ=", "\r\n"].join("\r\n"),
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (!answer.toString("latin1").startsWith("HTTP/1.1 101"))
    throw new Error(`No socket:\n${answer.toString("latin1")}`);
  return socket;
}

/** The bytes of a server's text frame. */
export function frameBytes(text: string): number {
  const payload = Buffer.byteLength(text);
  return payload + (payload < 126 ? 2 : 4);
}
