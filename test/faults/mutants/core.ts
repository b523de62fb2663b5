import type { Mutant } from "./mutant.ts";

/** Faults of fields, turns, starts and the surface. */
export const core: readonly Mutant[] = [
  {
    name: "flush after the reply",
    file: "src/persistence/turn.ts",
    find: "endOfTurn(() => this.#flush());",
    replace: "setTimeout(() => this.#flush(), 5);",
    tests: ["test/faults/kill.test.ts"],
  },
  {
    name: "gate left open",
    file: "src/persistence/turn.ts",
    find: "    this.#closeGate(saved);\n",
    replace: "",
    tests: ["test/faults/failing-commit.test.ts"],
  },
  {
    name: "failed flush swallowed",
    file: "src/persistence/turn.ts",
    find: "    } catch (error) {\n      this.fail(error);\n",
    replace: "    } catch {\n",
    tests: ["test/faults/failing-commit.test.ts"],
  },
  {
    name: "sealed wake that saves",
    file: "src/persistence/turn.ts",
    find: "    if (this.#isSealed) return;\n",
    replace: "",
    tests: ["test/state/persisted.test.ts"],
  },
  {
    name: "rollback that keeps fields",
    file: "src/persistence/fields.ts",
    find: "      for (const [entry, value] of before) entry.slot.set.call(this.#object, value);\n",
    replace: "",
    tests: ["test/storage/objects.test.ts", "test/faults/model.test.ts"],
  },
  {
    name: "equal value written",
    file: "src/persistence/fields.ts",
    find: "    if (isSameData(entry.slot.get.call(this.#object), value)) return;\n",
    replace: "",
    tests: ["test/state/persisted.test.ts"],
  },
  {
    name: "large field forgotten by its group",
    file: "src/persistence/group-row.ts",
    find: "new Set(notes.apart).add(key)",
    replace: "new Set(notes.apart)",
    tests: ["test/faults/model.test.ts"],
  },
  {
    name: "group unknown to the next wake",
    file: "src/persistence/fields.ts",
    find: 'if (entry.group !== "" && this.#rowOf("").addGroup(entry.group)) changed.add(this.#rowOf(""));',
    replace: "",
    tests: ["test/state/persisted.test.ts"],
  },
  {
    name: "private methods unshadowed",
    file: "src/base.ts",
    find: "    Object.defineProperties(this, blueprint.surface.hidden);\n",
    replace: "",
    tests: ["test/node/served/remote-surface.test.ts"],
  },
  {
    name: "events before a start that failed",
    file: "src/object/start.ts",
    find: "return this.#owesRefusal ? this.#refuseOnce() : this.#again();",
    replace: "return undefined;",
    tests: ["test/state/start.test.ts"],
  },
];
