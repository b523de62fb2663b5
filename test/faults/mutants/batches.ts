import type { Mutant } from "./mutant.ts";

/** Faults of batches. */
export const batches: readonly Mutant[] = [
  {
    name: "batch grown after delivery",
    file: "src/batch/sink.ts",
    find: "    this.queue.close(batch);\n    this.save();",
    replace: "    this.save();",
    tests: ["test/batch/delivery.test.ts", "test/faults/batches.test.ts"],
  },
  {
    name: "members fixed in memory alone",
    file: "src/batch/sink.ts",
    find: "    this.queue.close(batch);\n    this.save();",
    replace: "    this.queue.close(batch);",
    tests: ["test/batch/delivery.test.ts", "test/faults/batches.test.ts"],
  },
  {
    name: "another id for each try",
    file: "src/batch/delivery.ts",
    find: "{ id, attempt: attempts + 1 }",
    replace: "{ id: `${id}${attempts}`, attempt: attempts + 1 }",
    tests: ["test/batch/delivery.test.ts"],
  },
  {
    name: "failed batch let go",
    file: "src/batch/delivery.ts",
    find: "      this.#parking.park(batch, { rows: this.#rows, sink: name, cause });\n",
    replace: "",
    tests: ["test/batch/failed.test.ts"],
  },
  {
    name: "batch delivered but kept",
    file: "src/batch/delivery.ts",
    find: "    this.#rows.eraseAll(batch);\n",
    replace: "",
    tests: ["test/batch/rows.test.ts", "test/batch/delivery.test.ts"],
  },
  {
    name: "dropped items uncounted",
    file: "src/batch/sink.ts",
    find: "    drops.count(this.entry);\n",
    replace: "",
    tests: ["test/batch/overflow.test.ts"],
  },
  {
    name: "capacity without bound",
    file: "src/batch/sink.ts",
    find: "    if (this.queue.size >= rules.capacity) this.#makeRoom();\n",
    replace: "",
    tests: ["test/batch/overflow.test.ts"],
  },
  {
    name: "rollback that keeps items",
    file: "src/batch/sink.ts",
    find: "    this.#known = undefined;\n",
    replace: "",
    tests: ["test/faults/model.test.ts", "test/batch/delivery.test.ts"],
  },
  {
    name: "crashes not counted as tries",
    file: "src/batch/sink.ts",
    find: "?.strikes ?? 0) > 1;",
    replace: "?.strikes ?? 0) > 9;",
    tests: ["test/batch/failed.test.ts"],
  },
];
