// Every fixture file exports its classes here; vitest.config.ts binds each under its own name.
export * from "./fixtures/smoke.ts";

export default { fetch: () => new Response("fixtures") };
