import type { Driver } from "./driver.ts";
import { kvSuite } from "./kv.ts";
import { objectSuite } from "./objects.ts";
import { socketSuite } from "./sockets.ts";
import { sqlSuite } from "./sql.ts";

/** What holds in workerd and on the testing kit alike. */
export function suite(driver: Driver): void {
  sqlSuite(driver);
  kvSuite(driver);
  objectSuite(driver);
  socketSuite(driver);
}
