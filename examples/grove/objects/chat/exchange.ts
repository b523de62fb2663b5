import { isLoomError, type KeysetPage, type LoomLogger } from "loom-do";
import type { ChatMessage } from "../../types.ts";
import { Conversations, type HistoryQuery, type Ownership } from "./conversations.ts";
import { CHAT_ERRORS, chatError, refusal } from "./errors.ts";
import { messageFrom, type NewMessage } from "./message.ts";

/** Where it is kept which conversation is the pair's, once D1 has said it. */
export interface Memory {
  find(): string | undefined;
  keep(conversationId: string): void;
}

interface Surroundings {
  readonly log: LoomLogger;
  readonly memory: Memory;
}

/** A message that is stored already, or still to be. */
export interface Sent extends NewMessage {
  readonly alreadyPersisted: boolean;
  readonly messageId?: string | undefined;
  readonly createdAt?: string | undefined;
}

/** What a pair says to each other, and whether it may. */
export class Exchange {
  readonly #pair: readonly string[];
  readonly #memory: Memory;
  readonly #log: LoomLogger;
  readonly #conversations: Conversations | undefined;

  constructor(name: string | undefined, db: D1Database | undefined, { log, memory }: Surroundings) {
    this.#pair = /^chat:([^:]+):([^:]+)$/.exec(name ?? "")?.slice(1) ?? [];
    this.#conversations = db && new Conversations(db);
    this.#memory = memory;
    this.#log = log;
  }

  /** Whether there is somewhere to store messages. */
  get isStored(): boolean {
    return this.#conversations !== undefined;
  }

  /** Whether somebody is one of the two. */
  includes(tenantId: string): boolean {
    return this.#pair.includes(tenantId);
  }

  /** Whose a conversation is; where D1 is missing, the object's name has to do. */
  async ownership(conversationId: string): Promise<Ownership> {
    const known = this.#memory.find();
    if (known !== undefined) return conversationId === known ? "theirs" : "another's";
    if (!this.#conversations) return "theirs";
    const ownership = await this.#conversations.ownership(conversationId, this.#pair);
    if (ownership === "theirs") this.#memory.keep(conversationId);
    return ownership;
  }

  /** Stores what one of them says; throws what the sender is told if it cannot be. */
  async say(message: NewMessage): Promise<{ readonly message: ChatMessage; readonly isNews: boolean }> {
    const ownership = await this.ownership(message.conversationId).catch(notSent);
    if (ownership === "another's") throw chatError(CHAT_ERRORS.NOT_PARTICIPANT);
    if (ownership === "nobody's") throw chatError(CHAT_ERRORS.NOT_SENT);
    return this.#conversations!.add(message).catch(notSent);
  }

  /** Refuses a request of somebody who is none of the two, or about another conversation. */
  async refuseOthers(tenantId: string, conversationId: string): Promise<void> {
    if (!this.includes(tenantId)) throw refusal(403, "Forbidden");
    const ownership = await this.ownership(conversationId).catch(this.#failed("Authorization check failed"));
    if (ownership !== "theirs") throw refusal(403, "Forbidden");
  }

  /** What was stored, now or before: a repeat is no news. */
  async deliver(sent: Sent): Promise<{ readonly message: ChatMessage; readonly isNews: boolean }> {
    const { alreadyPersisted, messageId = "", createdAt = new Date().toISOString() } = sent;
    if (alreadyPersisted) return { message: messageFrom(sent)(messageId, createdAt), isNews: true };
    return this.#conversations!.add(sent).catch(this.#failed("Failed to send message"));
  }

  history(query: HistoryQuery): Promise<KeysetPage<ChatMessage>> {
    return this.#conversations!.history(query).catch(this.#failed("Failed to fetch history"));
  }

  /** How far one of them has read; false if that is nothing new, or not theirs to read. */
  async markRead(conversationId: string, tenantId: string, messageId: string): Promise<boolean> {
    return this.#conversations?.markRead(conversationId, tenantId, messageId) ?? false;
  }

  /** Answers what D1 did not do; what is wrong with the request is told as it is. */
  #failed(error: string): (cause: unknown) => never {
    return (cause) => {
      if (isLoomError(cause)) throw cause;
      this.#log.errorWithCause(error, cause);
      throw refusal(500, error);
    };
  }
}

function notSent(cause: unknown): never {
  throw chatError(CHAT_ERRORS.NOT_SENT, cause);
}
