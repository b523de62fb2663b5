import { DurableObject } from "cloudflare:workers";
import { retryable } from "cloudflare:durable-objects";

export { AsyncLocalStorage, type AsyncContext } from "./async-context.ts";
export { DurableObject, retryable };
