// Every fixture file exports its classes here; vitest.config.ts binds each under its own name.
export * from "./fixtures/state.ts";
export * from "./fixtures/keeping.ts";
export * from "./fixtures/blueprint.ts";
export * from "./fixtures/start.ts";
export * from "./fixtures/storage.ts";
export * from "./fixtures/migrate.ts";
export * from "./fixtures/storage-object.ts";
export * from "./fixtures/factory.ts";

export default { fetch: () => new Response("fixtures") };
export * from "./fixtures/http.ts";
export * from "./fixtures/paths.ts";
export * from "./fixtures/input.ts";
export * from "./fixtures/lock.ts";
export * from "./fixtures/middleware.ts";
export * from "./fixtures/route-inheritance.ts";
export * from "./fixtures/cache.ts";
export * from "./fixtures/errors.ts";
export * from "../examples/grove/objects/post-content.ts";
export * from "../examples/grove/objects/tenant.ts";
export * from "./fixtures/grove.ts";
export * from "./fixtures/logger.ts";
