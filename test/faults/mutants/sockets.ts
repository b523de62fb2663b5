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
  {
    name: "own words for a numbered message",
    file: "src/websocket/receive.ts",
    find: 'n === undefined ? await refusalOf(object, own, error) : { ...refused, "loom:n": n };',
    replace: "await refusalOf(object, own, error);",
    tests: ["test/socket/messages.test.ts"],
  },
  {
    name: "own words not waited for",
    file: "src/websocket/bad-message.ts",
    find: "return await invalidMessage(",
    replace: "return invalidMessage(",
    tests: ["test/socket/messages.test.ts"],
  },
  {
    name: "refusals without bound",
    file: "src/websocket/refusal.ts",
    find: "  if (ctx.getWebSockets(tag).length >= maxWaiting) return response;\n",
    replace: "",
    tests: ["test/socket/refusals.test.ts"],
  },
  {
    name: "refusal that the object hears of",
    file: "src/websocket/refusal.ts",
    find: "  writeUnopened(server);\n",
    replace: "",
    tests: ["test/socket/refusals.test.ts"],
  },
  {
    name: "socket left open whose answer nobody gets",
    file: "src/websocket/settle.ts",
    find: "    if (response.webSocket !== client) ctx.waitUntil(drop(object, own));\n",
    replace: "",
    tests: ["test/socket/unopened.test.ts"],
  },
];
