import { expectTypeOf } from "vitest";
import { z } from "zod";
import { Persisted } from "../../decorators/persisted.ts";
import { LoomDO } from "../../src/base.ts";
import { type EntryRange, PersistedList, PersistedMap, PersistedSet } from "../../src/collections.ts";
import type { Frozen } from "../../src/types.ts";

interface Draft {
  title: string;
  tags: string[];
}

const DraftSchema = z.object({ title: z.string(), tags: z.array(z.string()) });

export class Collections extends LoomDO {
  @Persisted accessor drafts = new PersistedMap<Draft>();
  @Persisted accessor #readers = new PersistedSet();
  @Persisted({ key: "log" }) protected accessor lines = new PersistedList<string>();
  @Persisted({ schema: DraftSchema }) accessor checked = new PersistedMap<Draft>();
  @Persisted({ schema: DraftSchema }) accessor queue = new PersistedList<Draft>();

  // @ts-expect-error the schema makes drafts, the entries are numbers
  @Persisted({ schema: DraftSchema }) accessor misfit = new PersistedMap<number>();

  // @ts-expect-error a collection is made empty
  @Persisted accessor full = new PersistedMap<number>([["a", 1]]);

  use(range: EntryRange) {
    const draft = this.drafts.get("a");
    expectTypeOf(draft).toEqualTypeOf<Frozen<Draft> | undefined>();
    // @ts-expect-error what is handed out is frozen
    draft!.tags.push("x");
    // @ts-expect-error keys are strings
    this.drafts.set(1, { title: "", tags: [] });
    this.drafts.set("b", draft!).set("c", { title: "", tags: [] });
    const isThere = this.drafts.update("a", (editable) => {
      expectTypeOf(editable).toEqualTypeOf<Draft>();
      editable.tags.push("x");
    });
    expectTypeOf(isThere).toEqualTypeOf<boolean>();
    this.drafts.update("a", (before) => ({ ...before, title: "Spring" }));
    // @ts-expect-error not a draft
    this.drafts.update("a", () => 5);

    expectTypeOf([...this.drafts]).toEqualTypeOf<[key: string, value: Frozen<Draft>][]>();
    expectTypeOf([...this.#readers.values(range)]).toEqualTypeOf<string[]>();
    expectTypeOf([...this.lines]).toEqualTypeOf<string[]>();
    expectTypeOf(this.lines.shift()).toEqualTypeOf<string | undefined>();
    expectTypeOf(this.queue.at(-1)).toEqualTypeOf<Frozen<Draft> | undefined>();
    // @ts-expect-error there is no splice
    this.lines.splice(0, 1);
  }

  async walk() {
    for await (const page of this.drafts.pages({ prefix: "2026/" })) {
      expectTypeOf(page).toEqualTypeOf<[key: string, value: Frozen<Draft>][]>();
    }
    for await (const page of this.queue.pages()) expectTypeOf(page).toEqualTypeOf<Frozen<Draft>[]>();
  }
}

// Where a built-in one is only read, a collection is good for it.
const titles = (drafts: ReadonlyMap<string, Frozen<Draft>>) => drafts.size;
titles(new PersistedMap<Draft>());

// A collection is what it is, also where the type of a field is frozen.
expectTypeOf<Frozen<PersistedMap<Draft>>>().toEqualTypeOf<PersistedMap<Draft>>();
expectTypeOf<Frozen<{ readers: PersistedSet }>["readers"]>().toEqualTypeOf<PersistedSet>();
