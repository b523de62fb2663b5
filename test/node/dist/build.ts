import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory of a project that has the packed loom-do installed. */
    readonly consumer: string;
  }
}

// What a project beside Loom would have installed itself.
const installed = [
  "@cloudflare",
  "@types",
  "croner",
  "esbuild",
  "partysocket",
  "reflect-metadata",
  "typescript",
  "vite",
  "vitest",
];

/** Builds and packs Loom, and installs the tarball in a project of its own. */
export default function setup(project: TestProject): () => void {
  const consumer = mkdtempSync(join(tmpdir(), "loom-consumer-"));
  const modules = join(consumer, "node_modules");
  mkdirSync(modules);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module" }));
  run(process.execPath, "scripts/build.mjs");
  run("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", consumer);
  const tarball = readdirSync(consumer).find((file) => file.endsWith(".tgz"))!;
  run("tar", "-xzf", join(consumer, tarball), "-C", modules);
  cpSync(join(modules, "package"), join(modules, "loom-do"), { recursive: true });
  rmSync(join(modules, "package"), { recursive: true });
  for (const name of installed) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(process.cwd(), "node_modules", name), join(modules, name));
  }
  cpSync("examples/testing", join(consumer, "testing"), { recursive: true });
  project.provide("consumer", consumer);
  return () => rmSync(consumer, { recursive: true, force: true });
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
}
