import * as fc from "fast-check";
import type { Ending, Item, Job, Step } from "./steps.ts";
import { type Command, closing, eviction, killedTurn, message, opening, restart, settling, turn } from "./commands.ts";

const value = fc.integer({ min: 0, max: 3 });
const failures = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
);
// Their order in UTF-8 is not that of JavaScript's strings.
const key = fc.constantFrom("a", "b", "", "é", "\uff5e", "\u{1f600}");
const keys = ["a", "b", "c", "d"] as const;
const aim = fc.oneof(
  fc.record({ name: fc.constantFrom("first" as const, "second" as const) }),
  fc.record({ name: fc.constant("side" as const), key: fc.constantFrom(...keys) }),
);

// Each has a token or a number of its own, in the order in which they are made.
let made = 0;
const job = fc.record({ failures, echoes: fc.boolean(), after: fc.integer({ min: 0, max: 5 }) }).map((rest): Job => {
  return { token: `job-${++made}`, ...rest };
});
const item = failures.map((failures): Item => ({ number: ++made, failures }));

/** A step that concerns one alarm. */
function withAim(step: Readonly<Record<string, fc.Arbitrary<unknown>>>) {
  return fc.tuple(aim, fc.record(step)).map(([one, other]) => ({ ...one, ...other }));
}

const step = fc.oneof(
  fc.record({ kind: fc.constant("assign"), field: fc.constantFrom("small", "grouped", "wide"), value }),
  fc.record({ kind: fc.constantFrom("set", "delete", "add", "remove"), key, value }),
  fc.record({ kind: fc.constantFrom("push", "push", "unshift", "unshift", "pop", "shift"), value }),
  fc.record({ kind: fc.constant("clear") }),
  withAim({ kind: fc.constant("schedule"), due: fc.constantFrom("near", "near", "far"), job }),
  withAim({ kind: fc.constant("recur"), due: fc.constantFrom("near", "far"), ensures: fc.constant(false), job }),
  // Only what stays pending is there for sure, or not, when it is looked for.
  withAim({ kind: fc.constant("recur"), due: fc.constant("far"), ensures: fc.constant(true), job }),
  withAim({ kind: fc.constant("cancel") }),
  fc.record({ kind: fc.constant("collect"), items: fc.array(item, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant("retry") }),
) as fc.Arbitrary<Step>;

/** All keys of one alarm at once: more than it has places. */
const rush = fc
  .tuple(job, job, job, job)
  .map((jobs) =>
    jobs.map((one, at): Step => ({ kind: "schedule", name: "side", key: keys[at], due: "near", job: one })),
  );

const steps = fc.oneof(
  { weight: 9, arbitrary: fc.array(step, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: rush },
);

const ending: fc.Arbitrary<Ending> = fc.oneof(
  { weight: 12, arbitrary: fc.constant("reply" as const) },
  { weight: 2, arbitrary: fc.constantFrom("throw" as const, "rollback" as const) },
  { weight: 1, arbitrary: fc.constantFrom("abort" as const, "failed commit" as const) },
);

const changes = fc.record({ steps, ending });

/** Any command, the costly ones seldom. */
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 60, arbitrary: fc.tuple(changes, fc.constantFrom("rpc", "http")).map(([what, door]) => turn(what, door)) },
  { weight: 12, arbitrary: fc.constant(opening()) },
  { weight: 18, arbitrary: changes.map(message) },
  { weight: 6, arbitrary: fc.constant(closing()) },
  { weight: 6, arbitrary: fc.constant(settling()) },
  { weight: 9, arbitrary: fc.constant(eviction()) },
  { weight: 1, arbitrary: fc.constant(restart()) },
  { weight: 1, arbitrary: fc.tuple(changes, fc.integer({ min: 0, max: 4 })).map((args) => killedTurn(...args)) },
);

/** What happens to one object, from its first wake to its last. */
export const sequence = fc.commands([command], { maxCommands: 15 });
