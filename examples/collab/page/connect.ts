import * as Y from "yjs";
import { frameOf, readFrame } from "../frames.ts";

const longestDelay = 30_000;

/** Keeps `doc` the same as the one at `url`: edits made offline are sent as soon as there is a connection again. */
export function connect(doc: Y.Doc, url: URL, show: (isOnline: boolean) => void, delay = 250): void {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const send = (update: Uint8Array, origin: unknown) => {
    if (origin !== socket && socket.readyState === WebSocket.OPEN) socket.send(frameOf("update", update));
  };
  doc.on("update", send);
  socket.onopen = () => {
    delay = 250;
    // What either end lacks, it asks the other for: the object does the same.
    socket.send(frameOf("vector", Y.encodeStateVector(doc)));
  };
  socket.onmessage = ({ data }) => {
    const frame = readFrame(data);
    if (frame?.kind === "vector") socket.send(frameOf("answer", Y.encodeStateAsUpdate(doc, frame.bytes)));
    else if (frame) Y.applyUpdate(doc, frame.bytes, socket);
    if (frame?.kind === "answer") show(true);
  };
  socket.onclose = () => {
    doc.off("update", send);
    show(false);
    // Half of it by chance, so that those whom a restart cut off do not all come back in one moment.
    setTimeout(() => connect(doc, url, show, Math.min(delay * 2, longestDelay)), delay * (1 - Math.random() / 2));
  };
}
