import { load, machine } from '../latency/machine.ts';
import { growthPerMinute, type Observation } from './observed.ts';
import type { SoakResult, SoakSettings } from './soak-run.ts';

const MIB = 1024 * 1024;
const HEAP_MIB_PER_MINUTE_MAX = 0.5;
const RESIDENT_SHARE_MAX = 1.1;
/** Connections that may be kept for later: to three providers, to callers. */
const SOCKETS_MORE_MAX = 600;
const TIMERS_MORE_MAX = 5;

interface Goal {
  readonly what: string;
  readonly measured: string;
  readonly asked: string;
  readonly isReached: boolean;
}

/** What came of a soak, as Markdown, and whether all was as it should be. */
export function soakReport(
  settings: SoakSettings,
  result: SoakResult,
): { readonly text: string; readonly isGood: boolean } {
  const goals = goalsOf(result);
  const { cpu, cores, node, kernel } = machine();
  const { callers, log, done } = result;
  const faults = Object.entries(done).filter(([name]) => name !== 'well');
  const faulty = faults.reduce((sum, [, count]) => sum + count, 0);
  const all = Object.values(done).reduce((sum, count) => sum + count, 0);
  const text = [
    `# Soak, ${new Date().toISOString().slice(0, 10)}`,
    `${cpu}, ${cores} cores; Linux ${kernel}; Node ${node}. Load average ${load().join(' ')} at the end. A group of three targets; ` +
      `${Math.round(result.askedPerSecond)} requests a second for ${settings.seconds} s, ` +
      `${Math.round(settings.share * 100)} % of the ${Math.round(result.capacityPerSecond)} that this machine answers with the same faults, callers and ` +
      `providers on it; chat, Messages, Responses and Gemini, half of them streamed, two of a hundred callers leaving in the middle. Each of ` +
      `${faults.length} faults has a chance of ${settings.chance * 100} %: ${faulty} of ${all} questions to providers met one.`,
    table(
      ['what callers found', 'how many'],
      [...callers.findings].map(([finding, count]) => [finding, String(count)]),
    ),
    table(
      ['5xx by cause', 'how many'],
      [...log.serverErrors].map(([code, count]) => [`\`${code}\``, String(count)]),
    ),
    `${log.rescued} were answered though their first attempt failed; ${(log.attempts / Math.max(1, log.turns)).toFixed(3)} attempts a request; ` +
      `${result.inFlightMax} under way at most.`,
    table(
      ['goal', 'measured', 'asked', 'reached'],
      goals.map(({ what, measured, asked, isReached }) => [what, measured, asked, isReached ? 'yes' : 'no']),
    ),
    table(
      ['second', 'heap MB after collecting', 'RAM MB', 'buffers MB', 'sockets', 'timers'],
      [result.before, ...result.during, result.after].map((seen) => observed(seen, result.before.atMs)),
    ),
    ...(callers.lost.size > 0
      ? [`No answer because of ${[...callers.lost].map(([code, count]) => `${code} (${count})`).join(', ')}.`]
      : []),
    ...[...callers.lies, ...log.complaints].map((line) => `    ${line.replaceAll('\n', '\\n')}`),
  ].join('\n\n');
  return { text, isGood: goals.every(({ isReached }) => isReached) };
}

/** Shorter runs are too short to see memory grow. */
const OBSERVATIONS_MIN = 6;

function goalsOf({ callers, log, before, during, after, leftInFlight }: SoakResult): readonly Goal[] {
  const later = during.slice(Math.floor(during.length / 3));
  const growth = growthPerMinute(later.map(({ atMs, heapBytes }) => ({ atMs, value: heapBytes / MIB })));
  const resident = (later.at(-1)?.residentBytes ?? 0) / (later[0]?.residentBytes ?? 1);
  const timers = (after.resources['Timeout'] ?? 0) - (before.resources['Timeout'] ?? 0);
  const sockets = after.sockets - before.sockets;
  const lost = callers.asked - answered(callers);
  const memory =
    during.length < OBSERVATIONS_MIN
      ? []
      : [
          upTo('growth of the heap, MB a minute, last two thirds', Number(growth.toFixed(3)), HEAP_MIB_PER_MINUTE_MAX),
          upTo('RAM at the end ÷ after a third', Number(resident.toFixed(3)), RESIDENT_SHARE_MAX),
        ];
  return [
    upTo('5xx made by us', log.ours, 0),
    upTo('answers that looked finished and weren’t, or just stopped', callers.findings.get('lie') ?? 0, 0),
    upTo('requests without any answer', (callers.findings.get('no answer') ?? 0) + lost, 0),
    upTo('slots still taken at targets', leftInFlight, 0),
    upTo('sockets more than before', sockets, SOCKETS_MORE_MAX),
    upTo('timers more than before', timers, TIMERS_MORE_MAX),
    ...memory,
    upTo('warnings and errors of the gateway itself', log.complaints.length, 0),
  ];
}

function answered({ findings }: SoakResult['callers']): number {
  return [...findings.values()].reduce((sum, count) => sum + count, 0);
}

function upTo(what: string, measured: number, most: number): Goal {
  return { what, measured: String(measured), asked: `≤ ${most}`, isReached: measured <= most };
}

function observed(
  { atMs, heapBytes, residentBytes, bufferBytes, resources, sockets }: Observation,
  startMs: number,
): string[] {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
  return [
    ((atMs - startMs) / 1000).toFixed(0),
    mib(heapBytes),
    mib(residentBytes),
    mib(bufferBytes),
    String(sockets),
    String(resources['Timeout'] ?? 0),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
