/** What a test asks the caller worker to do to one object, over RPC. */
export interface Ask {
  readonly className: string;
  readonly name: string;
  /** A member's name, or a path of names: `member.of.member`. */
  readonly member: string;
  /** Without arguments the member is read as a property. */
  readonly args?: readonly unknown[];
}

/** Which object is put to sleep. */
export type Asleep = Pick<Ask, "className" | "name">;

/** What came back: a value in JSON, or everything the caller can see of the error. */
export interface Answer {
  readonly value?: unknown;
  readonly error?: SeenError;
}

/** An error as the other side of an RPC call sees it. */
export interface SeenError {
  /** Its class, of the few that the runtime sends by name. */
  readonly class: string;
  readonly message: string;
  /** Its own properties, but for the message and the stack. */
  readonly own: Readonly<Record<string, unknown>>;
}
