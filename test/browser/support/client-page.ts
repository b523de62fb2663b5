import { type ConnectionStatus, connectLoom, type LoomConnection } from "../../../src/client/index.ts";

/** What became of a page's messages, by their text. */
export interface Account {
  readonly sent: string[];
  readonly outcomes: Record<string, string>;
  /** The texts that onLost was given. */
  readonly lost: string[];
}

let room: LoomConnection<{ incoming: { type: "said" }; outgoing: { type: string; text?: string; code?: number } }>;
let timer: ReturnType<typeof setInterval>;
let handled = 0;
let waiting: (() => void)[] = [];
const account: Account = { sent: [], outcomes: {}, lost: [] };
const statuses: ConnectionStatus[] = [];

/** What a test has a page do. */
export const Script = {
  /** Every status so far. */
  statuses,

  /** Sends without a pause, whatever the connection does. */
  chatter(address: string): void {
    room = connectLoom(address, {
      backoff: { first: 10, longest: 100 },
      heartbeat: { interval: 100, patience: 400 },
      maxPending: 100,
      onLost: (lost) => account.lost.push(...lost.map(({ message }) => (message as { text: string }).text)),
    });
    timer = setInterval(say, 1);
  },

  /** Resolves once `count` more messages were handled. */
  handledMore(count: number): Promise<void> {
    const goal = handled + count;
    return until(() => handled >= goal);
  },

  /** Says no more, and resolves once it is known what became of everything. */
  async finish(): Promise<Account> {
    clearInterval(timer);
    await until(() => Object.keys(account.outcomes).length === account.sent.length);
    await new Promise((resolve) => setTimeout(resolve)); // what was refused is told after its send
    room.close();
    return account;
  },

  /** Connects, and waits an hour between attempts. */
  patient(address: string): void {
    const onStatus = (status: ConnectionStatus) => {
      statuses.push(status);
      changed();
    };
    room = connectLoom(address, { backoff: { first: "1h", longest: "1h" }, onStatus });
  },

  /** Has the object close the connection. */
  end(code: number): void {
    void room.send({ type: "end", code });
  },

  /** Resolves once this is the status. */
  becomes(status: ConnectionStatus): Promise<void> {
    return until(() => room.status === status);
  },
};

function say(): void {
  const text = `message ${account.sent.length}`;
  account.sent.push(text);
  void room.send({ type: "say", text }).then(({ outcome }) => {
    account.outcomes[text] = outcome;
    if (outcome === "handled") handled += 1;
    changed();
  });
}

function changed(): void {
  const all = waiting;
  waiting = [];
  for (const check of all) check();
}

function until(fits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => (fits() ? resolve() : waiting.push(check));
    check();
  });
}
