import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where this machine has Chromium; undefined if it has none. */
export const chromiumPath = [process.env["CHROMIUM"], ...places].find((path) => path && existsSync(path));

/** True where tests in a browser are left out: a machine without one. CI has one, or fails. */
export const isWithoutBrowser = chromiumPath === undefined && !process.env["CI"];

/** Starts Chromium, without a window and without calling home. */
export function launch(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("There is no Chromium. Install one, or say where it is: CHROMIUM=…");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: chromiumPath, args: [...args, ...quiet] });
}
