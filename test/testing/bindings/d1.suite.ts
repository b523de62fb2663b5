import { describe } from "vitest";
import { check } from "./cases.ts";
import { answers } from "./d1/answers.ts";
import { requests } from "./d1/requests.ts";
import { values } from "./d1/values.ts";

/** What holds for a D1 database and for its mock. */
export function d1Suite(open: () => Promise<D1Database>): void {
  describe("D1 database", () => check([...values, ...answers, ...requests], open));
}
