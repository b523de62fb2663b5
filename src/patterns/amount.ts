import type { StandardSchema } from "../index.ts";
import { optional, shape, whole } from "./shape.ts";

/** How much to count: a whole number from 0 on, 1 when nothing is said. */
export const Amount = optional(whole(0));

const Asked = shape<{ by?: number | undefined }>({ by: Amount });

/** The query of a request that counts: `?by=5`. */
export const AmountQuery: StandardSchema<unknown, { readonly by?: number | undefined }> = {
  "~standard": {
    version: 1,
    vendor: "loom",
    validate(query) {
      const { by } = query as { by?: unknown };
      const isDigits = typeof by === "string" && /^\d+$/.test(by);
      return Asked["~standard"].validate({ by: isDigits ? Number(by) : by });
    },
  },
};
