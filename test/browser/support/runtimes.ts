import { execFileSync } from "node:child_process";

/** The ids of the workerd processes that descend from the process `ancestor`. */
export function runtimesOf(ancestor: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
  const processes = lines.map((line) => line.trim().split(/\s+/, 3) as [id: string, parent: string, command: string]);
  const family = new Set([String(ancestor)]);
  // Until nobody's parent is found any more: ids are in no order.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const [id, parent] of processes) if (family.has(parent)) family.add(id);
  }
  const found = processes.filter(([id, , command]) => family.has(id) && command.endsWith("workerd"));
  return found.map(([id]) => Number(id));
}
