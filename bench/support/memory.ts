import { readFileSync } from "node:fs";

/** Memory that a process has to itself, in bytes: without its program and the files it reads. */
export function memoryOf(pid: number): number {
  return statusOf(pid, "RssAnon");
}

/** The most memory that a process has had since it started, in bytes. */
export function peakMemoryOf(pid: number): number {
  return statusOf(pid, "VmHWM");
}

function statusOf(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)![1]) * 1024;
}
