import type { Operation } from "../operation.ts";

/** How long what a test puts there lives, should nobody clean up. */
const lifetime = { expirationTtl: 3_600 };

const put = (name: string, value: string): Operation => ({
  ...{ name, needs: ["KV"] },
  async run({ KV }, place) {
    await KV.put(place.name, value, lifetime);
    return { bytesTransferred: value.length };
  },
});

export const gets: readonly Operation[] = [
  {
    ...{ name: "kv_get_simple", needs: ["KV"] },
    run: async ({ KV }, { name }) => ({ bytesTransferred: (await KV.get(name))?.length ?? 0 }),
  },
];

export const puts: readonly Operation[] = [
  put("kv_put_simple", "sentinel"),
  put("kv_put_large", "sentinel".repeat(1_024)),
];

/** Counts in KV, as a limit of a rate that is kept there does. */
export const rateLimitCheck: Operation = {
  ...{ name: "rate_limit_check", needs: ["KV"] },
  async run({ KV }, { name }) {
    const count = String((Number(await KV.get(name)) || 0) + 1);
    await KV.put(name, count, lifetime);
    return { bytesTransferred: count.length };
  },
};
