import type { BenchPorts, BenchReport } from '../benching/contract.ts';
import { type ReportOptions, tellReport } from './bench-report.ts';
import { ended, EXIT } from './exit.ts';
import { shownText } from './plain-text.ts';
import type { World } from './world.ts';

/** Measures and tells. Ctrl-C ends the measuring, and what was found until then is still told. */
export async function runBench(
  world: World,
  options: ReportOptions,
  act: (ports: BenchPorts) => Promise<BenchReport>,
): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) world.onSignal(name, () => stop.abort());
  world.onOutputClosed(() => stop.abort());
  const onProgress = (text: string): void => world.io.stderr(`${shownText(text)}\n`);
  const startedMs = world.nowMs();
  const report = await act({ signal: stop.signal, onProgress, clockMs: world.clockMs }).catch((thrown: unknown) => {
    // Ctrl-C reaches the processes of a bench as well, which then end before they serve.
    throw stop.signal.aborted ? ended(EXIT.cancelled) : thrown;
  });
  tellReport(report, startedMs, options, world);
  if (report.isCut) throw ended(EXIT.cancelled);
  if (report.problem !== undefined) throw ended(EXIT.failed);
}
