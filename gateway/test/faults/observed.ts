import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayProcess } from '../gateway-process.ts';

/** What a test reads of a turn's log line. */
export interface TurnLine {
  readonly requestId: string;
  readonly status: number;
  readonly end: 'finished' | 'failed' | 'cancelled';
  readonly attempts: number;
  readonly durationMs: number;
  readonly model: string;
  readonly error?: { readonly code: string };
}

/** The log lines of finished turns. */
export function turnLines({ stdout }: GatewayProcess): readonly TurnLine[] {
  return stdout.filter((line) => line.includes('"msg":"turn"')).map((line) => JSON.parse(line) as TurnLine);
}

/** Everything it printed, on both outputs. */
export function printed({ stdout, stderr }: GatewayProcess): string {
  return [...stdout, ...stderr].join('\n');
}

export function isAlive({ pid }: GatewayProcess): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Open file descriptors of the process that are sockets. */
export function socketsOf({ pid }: GatewayProcess): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(join(folder, fd)).startsWith('socket:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

/** Memory that the process holds. */
export function residentBytes({ pid }: GatewayProcess): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
