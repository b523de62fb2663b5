// What the tests of sockets need of test/worker.ts: they run at a second compatibility date too.
export * from "./fixtures/socket.ts";
export * from "./fixtures/socket-messages.ts";
export * from "./fixtures/socket-upgrades.ts";
export * from "./fixtures/socket-hooks.ts";
export * from "./fixtures/socket-unopened.ts";
export * from "./fixtures/socket-manager.ts";

export default { fetch: () => new Response("fixtures") };
