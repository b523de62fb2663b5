import type { Mutant } from "./mutant.ts";

/** Faults of live collections. */
export const collections: readonly Mutant[] = [
  {
    name: "blob instead of rows",
    file: "src/collections/rows.ts",
    find: "    this.#kv.put(this.prefix + key, value);\n",
    replace:
      "    for (const [each, stored] of [...this.#kv.list({ prefix: this.prefix })]) this.#kv.put(each, stored);\n" +
      "    this.#kv.put(this.prefix + key, value);\n",
    tests: ["test/collections/rows.test.ts"],
  },
  {
    name: "key order lost",
    file: "src/collections/rows.ts",
    find: "    return { pairs, hasMore: pairs.length === start.limit };",
    replace: "    return { pairs: pairs.sort(), hasMore: pairs.length === start.limit };",
    tests: ["test/collections/model.test.ts", "test/faults/model.test.ts"],
  },
  {
    name: "size counted each time",
    file: "src/collections/entries.ts",
    find: "      this.#size = this.rows.count();\n",
    replace: "      return this.rows.count();\n",
    tests: ["test/collections/size.test.ts"],
  },
  {
    name: "size that forgets what was deleted",
    file: "src/collections/entries.ts",
    find: "    if (this.#size !== undefined) this.#size -= 1;\n",
    replace: "",
    tests: ["test/faults/model.test.ts"],
  },
  {
    name: "unbounded cache",
    file: "src/collections/recent.ts",
    find: "    if (this.#weight >= roomOfGeneration) this.#age();\n",
    replace: "",
    tests: ["test/collections/values.test.ts"],
  },
  {
    name: "cache that keeps what is read again",
    file: "src/collections/recent.ts",
    find: "if (old) this.put(key, old);",
    replace: "if (old) this.#young.set(key, old);",
    tests: ["test/collections/values.test.ts"],
  },
  {
    name: "equal entry written",
    file: "src/collections/entries.ts",
    find: "    if (known && isSameData(known.value, made.value)) return;\n",
    replace: "",
    tests: ["test/collections/rows.test.ts"],
  },
  {
    name: "rollback that keeps entries",
    file: "src/collections/entries.ts",
    find: "      restore();\n      this.#size = size;\n",
    replace: "      this.#size = size;\n",
    tests: ["test/collections/turn.test.ts"],
  },
  {
    name: "list that forgets where it begins",
    file: "src/collections/ends.ts",
    find: "placeOfKey(last) + 1]",
    replace: "placeOfKey(last)]",
    tests: ["test/faults/model.test.ts"],
  },
];
