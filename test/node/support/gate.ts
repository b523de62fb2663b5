import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A TCP port that stays the same while the server behind it comes and goes, and a network that can fail. */
export class Gate {
  readonly #server: Server;
  readonly #both = new Set<Socket>();
  #isShut = false;

  private constructor(target: () => number) {
    this.#server = createServer((near) => {
      if (this.#isShut) return void near.destroy();
      const far = connect(target(), "127.0.0.1");
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  /** Opens a gate to the port that `target` names at the time of each connection. */
  static async open(target: () => number): Promise<Gate> {
    const gate = new Gate(target);
    await new Promise<void>((resolve) => gate.#server.listen(0, "127.0.0.1", resolve));
    return gate;
  }

  /** The port to connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where it leads, as a page names it. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#both) socket.resetAndDestroy();
  }

  /** The same, and refuses new ones until it is mended. */
  shut(): void {
    this.#isShut = true;
    this.cut();
  }

  /** Lets new connections pass again. */
  mend(): void {
    this.#isShut = false;
  }

  /** Lets nothing pass on the connections there are, which stay open; new ones work. */
  freeze(): void {
    for (const socket of this.#both) socket.pause().unpipe();
  }

  /** Closes the port. */
  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(from: Socket, to: Socket): void {
    this.#both.add(from);
    from.pipe(to);
    from.on("error", () => {}); // what breaks here is told to the other side
    from.on("close", () => {
      this.#both.delete(from);
      to.destroy();
    });
  }
}
