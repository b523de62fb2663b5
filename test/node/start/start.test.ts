import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const state = mkdtempSync(join(tmpdir(), "loom-start-"));
const taken = createServer();
let server: ChildProcess;
let printed = "";

const slowly = { timeout: 30_000, interval: 250 };

/** What a line answers, pasted as it is. */
async function paste(line: string): Promise<string> {
  return (await promisify(execFile)("bash", ["-c", line.replace("curl ", "curl --fail-with-body ")])).stdout;
}

function lineWith(lines: readonly string[], text: string): string {
  return lines.find((line) => line.includes(text))!;
}

beforeAll(async () => {
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  server = spawn(process.execPath, ["scripts/start.mjs"], {
    env: { ...process.env, STATE: state, PORT: String(port) },
  });
  await new Promise<void>((resolve, reject) => {
    const read = (text: Buffer) => (printed += text).includes("Ctrl+C stops it.") && resolve();
    for (const stream of [server.stdout!, server.stderr!]) stream.on("data", read);
    server.on("exit", () => reject(new Error(printed)));
  });
});

afterAll(() => {
  taken.close();
  rmSync(state, { recursive: true, force: true });
});

test("every line that npm start prints works when pasted", async () => {
  const lines = printed.split("\n").filter((line) => line.startsWith("curl "));

  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines.slice(0, -1)) await paste(line);
  // What goes through the queue and through alarms arrives while the others are pasted, or soon after.
  await vi.waitFor(async () => expect(await paste(lineWith(lines, "/api/feed"))).toContain("willow/hello"), slowly);
  await vi.waitFor(async () => expect(await paste(lineWith(lines, "/api/exports/"))).toContain('"complete"'), slowly);
  expect(await paste(lineWith(lines, "/api/notifications"))).toMatch(/"reaction".*"follow"|"follow".*"reaction"/s);
  expect(await paste(lines.at(-1)!)).toContain('"revokedCount":1');
});

test("a port that is taken is left alone", () => {
  const { port } = taken.address() as { port: number };

  expect(printed).toMatch(/Grove answers at http:\/\/127\.0\.0\.1:\d+/);
  expect(printed).not.toContain(`127.0.0.1:${port}`);
});

test("a signal ends the server and what it started", async () => {
  const exited = once(server, "exit");

  server.kill("SIGTERM");

  expect(await exited).toEqual([0, null]);
});
