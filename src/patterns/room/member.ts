import { type GroveErrorDef, LOOM_ERRORS, LoomError, LoomResponse } from "../../index.ts";

/** Who a client is. */
export interface RoomIdentity {
  readonly userId: string;
  /** The latest counts for all sockets of a user; what `setRole` gave counts for more. @default "member" */
  readonly role?: string;
}

/** One user in a room, however many sockets it has. */
export interface RoomMember {
  readonly userId: string;
  readonly role: string;
  /** When its first socket came, in Unix milliseconds. */
  readonly joinedAt: number;
}

/** What a socket of a room holds. */
export interface Seat extends RoomMember {
  /** The same for all sockets of a user from its first one's coming to its last one's going. */
  readonly visit: string;
  /** True once the others were told that the visit is over: a socket may be closing for long after that. */
  readonly isOver?: boolean;
}

const roomFull: GroveErrorDef = {
  code: "ROOM_FULL",
  category: "user",
  userMessage: "The room is full.",
  adminMessage: "A room has as many members as its maxMembers.",
};
const maxUserId = 128;

/** The refusal of a user that cannot be called so; undefined for one that can. */
export function refuseName(userId: unknown): Response | undefined {
  if (typeof userId !== "string" || userId === "") return LoomResponse.badRequest("Say who you are: ?userId=…");
  if (userId.length > maxUserId) return LoomResponse.badRequest(`A userId has up to ${maxUserId} characters.`);
  return userId.isWellFormed() ? undefined : LoomResponse.badRequest("The userId is no text.");
}

/** The refusal of one more than there is room for. */
export function refuseFull(): Response {
  return LoomResponse.error(roomFull, 503);
}

/** The `payload` of a member's message. */
export function payloadOf(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message);
    if (typeof value === "object" && value !== null) return "payload" in value ? value.payload : undefined;
  } catch {
    // The client is told, as of any other text.
  }
  throw new LoomError(LOOM_ERRORS.FRAME_NOT_JSON);
}
