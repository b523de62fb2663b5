import { createMockD1, createMockDOEnv, createMockKV, createMockR2 } from "loom-do/testing";
import sink from "../../../examples/grove/services/analytics-sink.ts";
import classifier from "../../../examples/grove/services/classifier.ts";
import identity from "../../../examples/grove/services/identity.ts";
import mailer from "../../../examples/grove/services/mailer.ts";
import { groveNames } from "../../grove/support/names.ts";
import * as worker from "../../worker.ts";
import { env } from "./cloudflare-workers.ts";

const grove = new URL("../../../examples/grove/", import.meta.url).pathname;

// As in vitest.config.ts: every class under its own name, Grove's as wrangler.toml binds them.
const { default: _, ...classes } = worker;
const objects = Object.entries(classes).map(([name, Class]) => [groveNames[name] ?? name, Class] as const);

const [SENT, DAYS, GRANTS] = [createMockKV(), createMockKV(), createMockKV()];

const bindings = {
  ...Object.fromEntries(objects),
  ...{ DB: createMockD1({ migrations: `${grove}migrations` }), SUITE_D1: createMockD1() },
  IVY_DB: createMockD1({ migrations: `${grove}migrations-ivy` }),
  ...{ IMAGES: createMockR2(), EXPORTS_BUCKET: createMockR2(), IVY_R2: createMockR2() },
  ...{ KV: createMockKV(), SENT, DAYS, GRANTS },
  ZEPHYR: serviceOf(mailer, { SENT, API_KEY: "a key" }),
  CLASSIFIER: serviceOf(classifier, {}),
  ANALYTICS_SINK: serviceOf(sink, { DAYS }),
  IDENTITY: serviceOf(identity, { GRANTS }),
  ...{ MAILBOX_OWNER: "willow@example.com", SESSION_SECRET: "a secret", ZEPHYR_API_KEY: "a key" },
  // They are applied already.
  MIGRATIONS: { DB: [], IVY_DB: [] },
};

// One for all files, as in workerd: what they share has its stubs of the first.
if (!("TENANTS" in env)) Object.assign(env, createMockDOEnv(bindings));

interface Service {
  fetch(request: never, env: never): Response | Promise<Response>;
}

/** A Worker behind a binding, in the same process. */
function serviceOf(service: Service, bound: object) {
  const fetch = async (input: RequestInfo, init?: RequestInit) =>
    service.fetch(new Request(input, init) as never, bound as never); // what each of them is given
  return { fetch };
}
