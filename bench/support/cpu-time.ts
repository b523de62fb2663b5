import { existsSync, readdirSync, readFileSync } from "node:fs";

// The kernel's clock tick of /proc/<pid>/stat, as Linux shows it on every architecture Node runs on.
const microsecondsPerTick = 10_000;

/** CPU time that a process has used so far, its threads' together, in microseconds. */
export function cpuTimeOf(pid: number): number {
  // A kernel with schedstat counts nanoseconds; `stat` counts hundredths of a second.
  return existsSync(`/proc/${pid}/schedstat`) ? threadsTimeOf(pid) : ticksOf(pid) * microsecondsPerTick;
}

/** CPU time that the calling thread has used so far, in microseconds. */
export function threadCpuTime(): number {
  const own = "/proc/thread-self/schedstat";
  if (existsSync(own)) return timeOf(own);
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function threadsTimeOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => sum + timeOf(`/proc/${pid}/task/${task}/schedstat`), 0);
}

function timeOf(schedstat: string): number {
  return Number(readFileSync(schedstat, "utf8").split(" ")[0]) / 1000;
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the command in brackets, which may hold anything: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
