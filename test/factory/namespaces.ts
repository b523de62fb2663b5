import { env } from "cloudflare:workers";
import type { Echo } from "../fixtures/factory.ts";

/** The namespace of Echo. */
export const echoes = (env as unknown as { Echo: DurableObjectNamespace<Echo> }).Echo;
