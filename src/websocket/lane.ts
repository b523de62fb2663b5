interface Lane {
  tail: Promise<void>;
  /** What waits or is being handled takes about this many bytes. */
  bytes: number;
}

/** One piece of a socket's work; it must not fail. */
export interface Work {
  readonly bytes: number;
  run(): Promise<void>;
}

const lanes = new WeakMap<WebSocket, Lane>();
// Every waiting message is in memory, which all objects of an isolate share: 128 MB.
const maxBytes = 8 * 1024 * 1024;
const bytesEach = 512;

/** True if a message of `bytes` would wait behind more than one socket may keep waiting. */
export function isBehind(socket: WebSocket, bytes: number): boolean {
  const waiting = lanes.get(socket)?.bytes ?? 0;
  return waiting > 0 && waiting + bytes > maxBytes;
}

/** Runs `work` after everything given before for the same socket; other sockets are not held. */
export function inOrder(socket: WebSocket, work: Work): Promise<void> {
  const found = lanes.get(socket);
  const lane = found ?? { tail: Promise.resolve(), bytes: 0 };
  if (!found) lanes.set(socket, lane);
  const bytes = work.bytes + bytesEach;
  lane.bytes += bytes;
  const running = found ? lane.tail.then(() => work.run()) : work.run();
  lane.tail = running.then(() => {
    lane.bytes -= bytes;
    if (lane.bytes === 0) lanes.delete(socket);
  });
  return running;
}
