import {
  Loom,
  type LoomRequestContext,
  LoomResponse,
  type LoomSocket,
  OnSocketMessage,
  OnSocketOpen,
  Persisted,
  Route,
  Use,
} from "loom-do";
import type { z } from "zod";
import { hidingSockets } from "../hiding-sockets.ts";
import type { ChatFrame } from "../types.ts";
import { answerInvalidChat, CHAT_ERRORS, chatError, refusal, refusalOf, tellInvalid } from "./chat/errors.ts";
import { Exchange } from "./chat/exchange.ts";
import { limitOf } from "./chat/limit.ts";
import { Pace } from "./chat/pace.ts";
import { faultIn, MessageFrame, ReadFrame, SendBody, TypingFrame } from "./chat/schemas.ts";
import { GroveObject } from "./grove-object.ts";

/** Without a state it was accepted by a class that had none. */
type Member = LoomSocket<{ readonly tenantId: string } | undefined>;

const maxSockets = 20;

/** Two people: their messages, who types, what was read. */
@Loom({ name: "ChatDO", invalid: answerInvalidChat, invalidMessage: tellInvalid })
@Use(hidingSockets)
export class ChatDO extends GroveObject {
  /** Which conversation is the pair's, once D1 has said it. */
  @Persisted accessor #conversationId: string | undefined;
  readonly #pace = new Pace();
  readonly #exchange = new Exchange(this.ctx.id.name, this.env.DB, {
    log: this.log,
    memory: { find: () => this.#conversationId, keep: (id) => void (this.#conversationId = id) },
  });

  @OnSocketOpen("/*", { maxMessage: 32_768 })
  open(socket: Member, { url }: LoomRequestContext<"/*">) {
    const tenantId = url.searchParams.get("tenantId");
    if (!tenantId) return LoomResponse.text("Missing tenantId", 400);
    if (!this.#exchange.includes(tenantId)) return LoomResponse.text("Forbidden", 403);
    const isTheirs = ({ state }: LoomSocket<unknown>) => (state as Member["state"])?.tenantId === tenantId; // set below
    if (this.sockets.getConnections({ filter: isTheirs }).length >= maxSockets)
      return LoomResponse.text("Too many connections", 503);
    socket.state = { tenantId };
  }

  @Route("GET", "/ws")
  refuse({ url }: LoomRequestContext<"/ws">) {
    const isNamed = Boolean(url.searchParams.get("tenantId"));
    return isNamed ? LoomResponse.text("Expected WebSocket", 426) : LoomResponse.text("Missing tenantId", 400);
  }

  @OnSocketMessage("message", MessageFrame)
  async say(socket: Member, frame: z.output<typeof MessageFrame>) {
    const {
      conversation_id: conversationId,
      content_type: contentType,
      client_id: clientId,
      content,
      metadata,
    } = frame;
    const senderId = this.#senderOf(socket, "message");
    if (!this.#exchange.isStored) throw chatError(CHAT_ERRORS.UNAVAILABLE);
    const fault = faultIn({ content, contentType });
    if (fault) throw chatError(fault);
    if (!conversationId) throw chatError(CHAT_ERRORS.MISSING_CONVERSATION);
    const said = { conversationId, senderId, content, contentType, metadata, clientId };
    const { message, isNews } = await this.#exchange.say(said);
    const named = clientId === undefined ? {} : { client_id: clientId };
    const { id: message_id, created_at } = message;
    socket.send({ type: "message:ack", message_id, created_at, ...named } satisfies ChatFrame);
    if (isNews) this.#tell({ type: "message", message }, socket);
  }

  @OnSocketMessage("typing", TypingFrame)
  async type(socket: Member, { conversation_id }: z.output<typeof TypingFrame>) {
    const sender_id = this.#senderOf(socket, "typing");
    if (await this.#concerns(conversation_id)) this.#tell({ type: "typing", conversation_id, sender_id }, socket);
  }

  @OnSocketMessage("read", ReadFrame)
  async read(socket: Member, { conversation_id, last_read_message_id }: z.output<typeof ReadFrame>) {
    const tenant_id = this.#senderOf(socket);
    if (!(await this.#concerns(conversation_id))) return;
    const marked = this.#exchange.markRead(conversation_id, tenant_id, last_read_message_id);
    const isNews = await marked.catch((cause: unknown) => this.#passOver(cause));
    if (isNews) this.#tell({ type: "read", conversation_id, tenant_id, last_read_message_id });
  }

  @Route("POST", "/send", { body: SendBody })
  async send({ body }: LoomRequestContext<"/send", { body: typeof SendBody }>) {
    if (!body.alreadyPersisted && !this.#exchange.isStored) return refusalOf(CHAT_ERRORS.UNAVAILABLE);
    const isNameless = body.alreadyPersisted && body.messageId === undefined;
    if (isNameless) return refusal(400, "Missing messageId for alreadyPersisted broadcast");
    const fault = faultIn(body);
    if (fault) return refusalOf(fault);
    await this.#exchange.refuseOthers(body.senderId, body.conversationId);
    const { message, isNews } = await this.#exchange.deliver(body);
    if (isNews) this.#tell({ type: "message", message });
    return LoomResponse.success({ message });
  }

  @Route("GET", "/history")
  async history({ url: { searchParams } }: LoomRequestContext<"/history">) {
    const [conversationId, tenantId] = [searchParams.get("conversationId"), searchParams.get("tenantId")];
    if (!this.#exchange.isStored) return refusalOf(CHAT_ERRORS.UNAVAILABLE);
    if (!conversationId) return refusal(400, "Missing conversationId");
    if (!tenantId) return refusal(400, "Missing tenantId");
    await this.#exchange.refuseOthers(tenantId, conversationId);
    const [cursor, before] = [searchParams.get("cursor") || null, searchParams.get("before") || null];
    const query = { conversationId, cursor, before, limit: limitOf(searchParams.get("limit")) };
    const { rows: messages, ...next } = await this.#exchange.history(query);
    return { messages, ...next };
  }

  /** Who has sent a message; throws what a client is told that nobody knows, or that is too fast. */
  #senderOf({ state }: Member, kind?: "message" | "typing"): string {
    if (!state) throw chatError(CHAT_ERRORS.NOT_AUTHENTICATED);
    if (kind && !this.#pace.allows(kind, state.tenantId)) throw chatError(CHAT_ERRORS.TOO_FAST);
    return state.tenantId;
  }

  /** Whether something by the way is about this conversation: where D1 cannot say, it is passed over. */
  async #concerns(conversationId: string): Promise<boolean> {
    const asked = this.#exchange.ownership(conversationId);
    const ownership = await asked.catch((cause: unknown) => this.#passOver(cause));
    if (ownership === "another's") throw chatError(CHAT_ERRORS.NOT_PARTICIPANT);
    return ownership === "theirs";
  }

  #passOver(cause: unknown): undefined {
    this.log.errorWithCause("D1 was not there for something by the way.", cause);
  }

  #tell(frame: ChatFrame, except?: Member): void {
    this.sockets.broadcast(frame, except && { except });
  }
}
