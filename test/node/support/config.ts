import { join } from "node:path";
import type { Served } from "./workerd.ts";

const COMPATIBILITY_DATE = "2026-10-01";
// From this date on AsyncLocalStorage needs no flag: a user with an older one has to set it.
const NODEJS_BY_DEFAULT = "2026-08-04";

/**
 * A workerd configuration of two workers: `objects` holds the fixture's classes, `caller` reaches them
 * through namespaces of another service, so that every call crosses a real RPC boundary.
 */
export function configOf(served: Served, directory: string): string {
  const own = served.classes.map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`);
  const sink = served.sink === undefined ? "" : `(name = "sink", external = (address = "${served.sink}", http = ())),`;
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "objects", worker = .objects),
    (name = "caller", worker = .caller),
    ${sink}
    (name = "disk", disk = (path = "${join(directory, "storage")}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "caller")],
);

const objects :Workerd.Worker = (
  modules = [(name = "objects.js", esModule = embed "objects.js")],
  compatibilityDate = "${served.compatibilityDate ?? COMPATIBILITY_DATE}",
  compatibilityFlags = [${flagsOf(served)}],
  durableObjectNamespaces = [${own.join(", ")}],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [${[...namespaces(served), ...sinkOf(served)].join(", ")}],
);

const caller :Workerd.Worker = (
  modules = [(name = "caller.js", esModule = embed "caller.js")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = [${quoted(["unsafe_module", ...(served.compatibilityFlags ?? [])])}],
  bindings = [${namespaces(served).join(", ")}],
);
`;
}

function flagsOf({ compatibilityDate = COMPATIBILITY_DATE, compatibilityFlags = [] }: Served): string {
  const needed = compatibilityDate < NODEJS_BY_DEFAULT ? ["nodejs_als"] : [];
  return quoted([...needed, ...compatibilityFlags]);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function namespaces(served: Served): string[] {
  return served.classes.map(
    (name) => `(name = "${name}", durableObjectNamespace = (className = "${name}", serviceName = "objects"))`,
  );
}

function sinkOf(served: Served): string[] {
  return served.sink === undefined ? [] : [`(name = "SINK", service = "sink")`];
}
