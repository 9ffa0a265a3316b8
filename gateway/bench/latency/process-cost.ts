import { readFileSync, readdirSync } from 'node:fs';

/** `schedstat` counts in nanoseconds, `ticks` in steps of 10 ms. */
export type CpuClock = 'schedstat' | 'ticks';

const TICK_US = 10_000;

/** A process and everything below it. */
export function processTree(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (one: number): readonly number[] => [one, ...(children.get(one) ?? []).flatMap(below)];
  return below(pid);
}

/** CPU time in µs, user and system, that a process and everything below it have used so far. */
export function cpuUs(pid: number, clock: CpuClock): number {
  return processTree(pid)
    .map((one) => (clock === 'ticks' ? ticksUs(one) : scheduledUs(one)))
    .reduce((sum, us) => sum + us, 0);
}

/** The finest clock this kernel has. */
export function cpuClock(): CpuClock {
  return read('/proc/self/schedstat') === undefined ? 'ticks' : 'schedstat';
}

/** Memory in RAM of a process and everything below it. */
export function residentBytes(pid: number): number {
  return processTree(pid)
    .map((one) => Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${one}/status`) ?? '')?.[1] ?? 0) * 1024)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** The fields of `/proc/PID/stat` behind the name, which may hold blanks. The first is the state. */
function statOf(pid: number): readonly string[] {
  const text = read(`/proc/${pid}/stat`) ?? '';
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)[1];
  return parent === undefined ? undefined : Number(parent);
}

/** utime, stime and those of waited-for children. */
function ticksUs(pid: number): number {
  const fields = statOf(pid).slice(11, 15).map(Number);
  return fields.reduce((sum, ticks) => sum + ticks, 0) * TICK_US;
}

/** The file of the process counts its first thread only, so every thread is read. */
function scheduledUs(pid: number): number {
  return threadsOf(pid)
    .map((thread) => Number((read(`/proc/${pid}/task/${thread}/schedstat`) ?? '0').split(' ')[0]) / 1000)
    .reduce((sum, us) => sum + us, 0);
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Processes come and go while they are read. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
