type Ask = (path: string, init: RequestInit) => Promise<Response>;

// A post answers with its newest hundred comments: with all of them, so long as there are no more.
const maxComments = 90;

/** Readers of one post who answer its first comment while others have it flushed, until the server goes away. */
export class Readers {
  readonly sent = new Set<string>();
  readonly acknowledged = new Set<string>();
  readonly #ask: Ask;
  readonly #post: string;
  readonly #enough = Promise.withResolvers<void>();
  #isDown = false;

  constructor(ask: Ask, post: string) {
    this.#ask = ask;
    this.#post = post;
  }

  /** Resolves when as many comments are acknowledged as `run` was told. */
  get acknowledgedEnough(): Promise<void> {
    return this.#enough.promise;
  }

  /** Notes that the server is about to be killed: from now on calls may fail. */
  expectTheEnd(): void {
    this.#isDown = true;
  }

  /** Who wrote the comment that all others answer. */
  get author(): string {
    return `${this.#post}author`;
  }

  /** Resolves when the server is gone. */
  async run(enough: number): Promise<void> {
    await this.#write(this.author, enough);
    const writers = ["a", "b", "c"].map((name) => this.#repeat((number) => this.#write(`${name}${number}`, enough)));
    const flushes = this.#repeat(() => this.#ask(`/flush/${this.#post}`, { method: "POST" }));
    await Promise.all([...writers, flushes]);
  }

  async #write(name: string, enough: number): Promise<unknown> {
    if (this.sent.size >= maxComments) return new Promise((resolve) => setTimeout(resolve, 1));
    const id = `${this.#post}-${name}`;
    this.sent.add(id);
    const parentId = name === this.author ? null : `${this.#post}-${this.author}`;
    const body = JSON.stringify({ id, userId: name, content: `The comment ${id}`, parentId });
    await this.#ask(`/posts/${this.#post}/comments`, { method: "POST", body });
    this.acknowledged.add(id);
    if (this.acknowledged.size === enough) this.#enough.resolve();
    return undefined;
  }

  async #repeat(act: (number: number) => Promise<unknown>): Promise<void> {
    for (let number = 1; !this.#isDown; number += 1) {
      try {
        await act(number);
      } catch (error) {
        if (!this.#isDown) throw error;
      }
    }
  }
}
