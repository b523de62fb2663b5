import { createMockD1, createMockDOEnv, createMockR2 } from "loom-do/testing";
import * as worker from "../../worker.ts";
import { env } from "./cloudflare-workers.ts";

// As in vitest.config.ts: every class under its own name, Grove's as wrangler.toml binds them.
const { default: _, PostContentDO, TenantDO, ...classes } = worker;

const bindings = {
  ...classes,
  POST_CONTENT: PostContentDO,
  TENANTS: TenantDO,
  DB: createMockD1(),
  IMAGES: createMockR2(),
};

// One for all files, as in workerd: what they share has its stubs of the first.
if (!("TENANTS" in env)) Object.assign(env, createMockDOEnv(bindings));
