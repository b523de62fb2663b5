import { LoomDO, Persisted, Route } from "loom-do";

export { default } from "./entry.ts";

/** Three persisted fields, and the rows that SQLite changed since the object woke. */
export class Objects extends LoomDO {
  @Persisted accessor title = "";
  @Persisted accessor tags: readonly string[] = [];
  @Persisted accessor visits = 0;

  @Route("GET", "/rows")
  rows() {
    return this.sql.queryOne<{ rows: number }>("SELECT total_changes() AS rows")!.rows;
  }

  @Route("POST", "/three")
  setThree() {
    this.title = "Spring in the grove";
    this.tags = ["spring", "grove"];
    this.visits += 1;
    return { success: true };
  }
}
