import { outcome } from "../../suite/driver.ts";
import type { Case } from "../cases.ts";

const later = () => Math.floor(Date.now() / 1000) + 3600;

const refused = (title: string, run: (kv: KVNamespace) => unknown, expected: unknown): Case<KVNamespace> => [
  `refuses ${title}`,
  run,
  expected,
];

const put = (options: KVNamespacePutOptions) => (kv: KVNamespace) => kv.put("a", "1", options);

export const expirations: readonly Case<KVNamespace>[] = [
  refused(
    "an expirationTtl under a minute",
    put({ expirationTtl: 59 }),
    "Error: KV PUT failed: 400 Invalid expiration_ttl of 59. Expiration TTL must be at least 60.",
  ),
  refused(
    "an expirationTtl of 0",
    put({ expirationTtl: 0 }),
    "Error: KV PUT failed: 400 Invalid expiration_ttl of 0. Please specify integer greater than 0.",
  ),
  refused(
    "an expirationTtl below 0",
    put({ expirationTtl: -1 }),
    "Error: KV PUT failed: 400 Invalid expiration_ttl of -1. Please specify integer greater than 0.",
  ),
  refused(
    "an expirationTtl that is no number",
    put({ expirationTtl: "soon" as never }),
    "Error: KV PUT failed: 400 Invalid expiration_ttl of 0. Please specify integer greater than 0.",
  ),
  refused(
    "an expiration in the past",
    put({ expiration: 1000 }),
    "Error: KV PUT failed: 400 Invalid expiration of 1000. Please specify integer greater than the current number of seconds since the UNIX epoch.",
  ),
  refused(
    "an expiration of 0",
    put({ expiration: 0 }),
    "Error: KV PUT failed: 400 Invalid expiration of 0. Please specify integer greater than the current number of seconds since the UNIX epoch.",
  ),
  [
    "refuses an expiration in less than a minute",
    async (kv) => String(await outcome(() => put({ expiration: later() - 3560 })(kv))).replace(/\d{10}/, "…"),
    "Error: KV PUT failed: 400 Invalid expiration of …. Expiration times must be at least 60 seconds in the future.",
  ],
  [
    "takes an expirationTtl of a minute",
    async (kv) => {
      await put({ expirationTtl: 60 })(kv);
      const {
        keys: [key],
      } = await kv.list();
      return Math.abs(key!.expiration! - (later() - 3540)) <= 1;
    },
    true,
  ],
  [
    "takes the expirationTtl before the expiration",
    async (kv) => {
      await put({ expirationTtl: 60, expiration: later() })(kv);
      const {
        keys: [key],
      } = await kv.list();
      return key!.expiration! < later() - 1000;
    },
    true,
  ],
  [
    "keeps an expiration",
    async (kv) => {
      const expiration = later();
      await put({ expiration })(kv);
      return (await kv.list()).keys[0]!.expiration === expiration;
    },
    true,
  ],
];
