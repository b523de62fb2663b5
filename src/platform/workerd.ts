import { AsyncLocalStorage } from "node:async_hooks";
import { DurableObject } from "cloudflare:workers";
import { retryable } from "cloudflare:durable-objects";

export { AsyncLocalStorage, DurableObject, retryable };
