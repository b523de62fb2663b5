import { describe } from "vitest";
import { check } from "./cases.ts";
import { refusedUploads } from "./r2/refused-uploads.ts";
import { bodies } from "./r2/bodies.ts";
import { checksums } from "./r2/checksums.ts";
import { conditions } from "./r2/conditions.ts";
import { lists } from "./r2/lists.ts";
import { objects } from "./r2/objects.ts";
import { ranges } from "./r2/ranges.ts";
import { uploads } from "./r2/uploads.ts";

/** What holds for a R2 bucket and for its mock. */
export function r2Suite(open: () => Promise<R2Bucket>): void {
  describe("R2 bucket", () =>
    check(
      [...objects, ...bodies, ...checksums, ...ranges, ...conditions, ...lists, ...uploads, ...refusedUploads],
      open,
    ));
}
