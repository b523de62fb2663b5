/** The alarms that commands schedule; handlers schedule `echo`. */
export type AlarmName = "first" | "second" | "side";

/** What an alarm's handler gets. */
export interface Job {
  readonly token: string;
  /** How many runs fail before one does not. */
  readonly failures: number;
  /** Has the handler schedule `echo` before it fails or not. */
  readonly echoes: boolean;
  /** How long after FAR it is due, when it is not due soon. */
  readonly after: number;
  /** Runs again and again, until ROUNDS of its runs have not failed. */
  readonly recurs?: boolean;
}

/** What a batch's sink gets. */
export interface Item {
  readonly number: number;
  /** How many deliveries of its batch fail before one does not. */
  readonly failures: number;
}

/** Which alarm is meant: those of `side` have keys, and two of them may run at once. */
export interface Aim {
  readonly name: AlarmName;
  readonly key?: string | undefined;
}

/** One change that a turn makes. */
export type Step =
  | { readonly kind: "assign"; readonly field: "mark" | "small" | "grouped" | "wide"; readonly value: number }
  | { readonly kind: "set"; readonly key: string; readonly value: number }
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "add" | "remove"; readonly key: string }
  | { readonly kind: "push" | "unshift"; readonly value: number }
  | { readonly kind: "pop" | "shift" | "clear" }
  | ({ readonly kind: "schedule"; readonly due: "far" | "near"; readonly job: Job } & Aim)
  | ({ readonly kind: "recur"; readonly due: "far" | "near"; readonly ensures: boolean; readonly job: Job } & Aim)
  | ({ readonly kind: "cancel" } & Aim)
  | { readonly kind: "collect"; readonly items: readonly Item[] }
  | { readonly kind: "retry" };

/** What follows the changes of a turn: only the first two keep them. */
export type Ending = "reply" | "throw" | "rollback" | "abort" | "failed commit";

/** Changes without an await between them. */
export interface Turn {
  readonly steps: readonly Step[];
  readonly ending: Ending;
}

/** When an alarm runs that is to be pending for good. */
export const FAR = Date.UTC(2100, 0);

/** How often an alarm recurs that is to be pending for good, and one that runs soon. */
export const EVERY = { far: "900d", near: "1s" } as const;

/** How many runs of what recurs soon do not fail before it ends. */
export const ROUNDS = 2;

/** What an object says of itself. */
export interface View {
  readonly mark: number;
  readonly small: number;
  readonly grouped: number;
  readonly wide: number;
  readonly map: readonly (readonly [string, number])[];
  readonly set: readonly string[];
  readonly list: readonly number[];
  /** The sizes of map, set and list, which are not counted anew. */
  readonly sizes: readonly number[];
  readonly pending: readonly Pending[];
  readonly sockets: readonly Presence[];
  /** How many sockets the last close handler found. */
  readonly left: number;
}

/** An alarm that has yet to run. */
export interface Pending {
  readonly name: string;
  readonly key: string | undefined;
  /** Nothing for what recurs: no test knows when it began. */
  readonly due: number | undefined;
  readonly token: string;
}

/** `pending` in one order, whatever their times. */
export function inOrder(pending: Iterable<Pending>): Pending[] {
  const label = ({ name, key, due }: Pending) => `${due ?? 0} ${name} ${key ?? ""}`;
  return [...pending].toSorted((one, other) => (label(one) < label(other) ? -1 : 1));
}

/** A socket that is there, and how many messages it has sent. */
export interface Presence {
  readonly id: string;
  readonly said: number;
}

/** What ran at a time of its own. */
export interface Past {
  /** The tokens of handlers' runs, in their order. */
  readonly runs: readonly string[];
  /** The tokens of alarms given up. */
  readonly failed: readonly string[];
  /** How many alarms are to run soon. */
  readonly near: number;
  readonly deliveries: readonly Delivered[];
  /** The ids of batches given up. */
  readonly failedBatches: readonly string[];
  /** How many items wait. */
  readonly waiting: number;
}

/** One try to deliver a batch. */
export interface Delivered {
  readonly id: string;
  readonly numbers: readonly number[];
}
