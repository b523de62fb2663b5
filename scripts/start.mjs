// Serves Grove's objects on the local runtime: schema, seed, `wrangler dev`, and what to try once the port answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const grove = "examples/grove";
// Nothing here needs the network: no telemetry, no update check, no request for a sample `request.cf`.
const env = {
  ...process.env,
  CI: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG_PATH: ".wrangler/logs",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_SEND_METRICS: "false",
};

const wanted = Number(process.env.PORT ?? 8787);
if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
  console.error(`PORT is "${process.env.PORT}": write a number from 0 to 65535.`);
  process.exit(1);
}

const state = ["--persist-to", process.env.STATE ?? ".wrangler/state"];
for (const database of ["grove", "ivy"]) await run("d1", "migrations", "apply", database, "--local", ...state);
await run("d1", "execute", "grove", "--local", "--yes", "--file", `${grove}/seed.sql`, ...state);

const port = await freePort(wanted);
const origin = `http://127.0.0.1:${port}`;
const address = ["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
// Grove first: it is the one that answers; the others stand behind its service bindings.
const workers = [
  "wrangler.toml",
  ...["mailer", "classifier", "analytics-sink", "identity"].map((name) => `${grove}/services/${name}.toml`),
];
const configs = workers.flatMap((file) => ["--config", file]);
const server = wrangler("inherit", "dev", ...configs, ...address, ...state);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
// A signal to npm ends npm and its shell, and reaches nobody else.
const parent = process.ppid;
setInterval(() => process.ppid === parent || stop(), 500).unref();
server.on("exit", (code) => process.exit(stopping ? 0 : (code ?? 1)));

await answers(`${origin}/health`);
console.log(`\nGrove answers at ${origin}. Try:\n\n${examples()}\n\nCtrl+C stops it.\n`);

function stop() {
  stopping = true;
  server.kill("SIGTERM");
}

/** Runs wrangler to its end, showing what it said only if it failed. */
async function run(...args) {
  const child = wrangler("pipe", ...args);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code === 0) return;
  console.error(`wrangler ${args.join(" ")} failed:\n${output}`);
  process.exit(1);
}

function wrangler(output, ...args) {
  return spawn(process.execPath, ["node_modules/wrangler/bin/wrangler.js", ...args], {
    env,
    stdio: ["ignore", output, output],
  });
}

/** `wanted`, or any free port if something else listens there. */
async function freePort(wanted) {
  const probe = createServer();
  const found = await new Promise((resolve, reject) => {
    probe.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    probe.listen(wanted, "127.0.0.1", () => resolve(probe.address().port));
  });
  if (found === undefined) return freePort(0);
  await new Promise((resolve) => probe.close(resolve));
  return found;
}

async function answers(url) {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await wait(200);
  }
}

/** The shell blocks of Grove's list of things to try, for the port that was free. */
function examples() {
  const page = `${grove}/try.md`;
  const blocks = existsSync(page) ? [...readFileSync(page, "utf8").matchAll(/```sh\n([\s\S]*?)\n```/g)] : [];
  const lines = blocks.length === 0 ? ["curl http://127.0.0.1:8787/health"] : blocks.map(([, block]) => block);
  return lines.join("\n\n").replaceAll("http://127.0.0.1:8787", origin);
}
