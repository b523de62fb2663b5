import { Migration } from "../../decorators/migration.ts";
import { OnStart } from "../../decorators/on-start.ts";
import { LoomDO } from "../../src/base.ts";
import type { SqlHelper } from "../../src/storage.ts";

interface Env {
  readonly TITLE: string;
}

export class Right extends LoomDO<unknown, Env> {
  @Migration(1) create(sql: SqlHelper) {
    sql.exec("CREATE TABLE a (x)");
  }
  @Migration(2) needsNothing() {}
  @Migration(3) returnsUndefined(): undefined {}
  @OnStart bare() {}
  @OnStart() called() {}
  @OnStart async later() {}
}

export class Wrong extends LoomDO<unknown, Env> {
  // @ts-expect-error a step ends when it returns
  @Migration(1) async late(sql: SqlHelper) {
    sql.exec("CREATE TABLE a (x)");
  }
  // @ts-expect-error a step is given the SQL helper only
  @Migration(2) wantsMore(_sql: SqlHelper, _more: string) {}
  // @ts-expect-error a step has a number
  @Migration() unnumbered() {}
  // @ts-expect-error static members belong to no object
  @Migration(3) static shared() {}
  // @ts-expect-error static members belong to no object
  @OnStart static sharedStart() {}
  // @ts-expect-error a start method is given nothing
  @OnStart wants(_what: string) {}
  // @ts-expect-error a field is no method
  @OnStart field = 1;
}

export class Other {
  // @ts-expect-error the class does not extend LoomDO
  @Migration(1) create() {}
  // @ts-expect-error the class does not extend LoomDO
  @OnStart bare() {}
  // @ts-expect-error the class does not extend LoomDO
  @OnStart() called() {}
}
