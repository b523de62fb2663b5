import { expect, test } from "vitest";
import { Fields } from "../../src/persistence/fields.ts";
import type { FieldEntry } from "../../src/persistence/field.ts";

test("a row that the runtime cannot read is 002, with the runtime's error as its cause", () => {
  const cause = new Error("Unable to deserialize cloned data.");
  // What storage does with a row written by a newer V8: no runtime here writes one.
  const kv = {
    get() {
      throw cause;
    },
  };
  const entry = { name: "count", key: "count", group: "", options: {} } as unknown as FieldEntry;
  const fields = new Fields({}, kv as never, undefined as never);

  expect(() => fields.restore(entry, 0)).toThrow(
    expect.objectContaining({ code: "GROVE-LOOM-002", cause, message: expect.stringContaining("could not be read") }),
  );
});
