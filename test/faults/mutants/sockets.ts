import type { Mutant } from "./mutant.ts";

/** Faults of sockets. */
export const sockets: readonly Mutant[] = [
  {
    name: "closing socket counted",
    file: "src/websocket/close.ts",
    find: "return socket.readyState === WebSocket.OPEN && !ended.has(socket);",
    replace: "return socket.readyState !== WebSocket.CLOSED;",
    tests: ["test/node/served/sockets/presence.test.ts", "test/faults/model.test.ts"],
  },
  {
    name: "attachment not rewritten",
    file: "src/websocket/socket.ts",
    find: "    writeAttached(this.#socket, next);\n",
    replace: "",
    tests: ["test/socket/hibernation.test.ts"],
  },
  {
    name: "close frame unanswered",
    file: "src/websocket/handle.ts",
    find: "  reciprocate(socket, end);\n",
    replace: "",
    tests: ["test/node/served/sockets/closing.test.ts"],
  },
  {
    name: "messages of one socket side by side",
    file: "src/websocket/lane.ts",
    find: "const running = found ? lane.tail.then(() => work.run()) : work.run();",
    replace: "const running = work.run();",
    tests: ["test/socket/messages.test.ts"],
  },
  {
    name: "reason cut inside a character",
    file: "src/websocket/close.ts",
    find: "return reason.slice(0, encoder.encodeInto(reason, new Uint8Array(maxReasonBytes)).read);",
    replace: "return reason.slice(0, maxReasonBytes);",
    tests: ["test/socket/manager.test.ts", "test/node/served/sockets/closing.test.ts"],
  },
  {
    name: "message of any size taken",
    file: "src/websocket/limits.ts",
    find: "  if (isLarge) return { def: LOOM_ERRORS.FRAME_TOO_LARGE, code: 1009 };\n",
    replace: "",
    tests: ["test/socket/messages.test.ts"],
  },
];
