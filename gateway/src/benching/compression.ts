import type { SavedRequest, SaveRequest, TextCompression } from '../model/compressed-text.ts';
import { breath } from './breath.ts';
import { compressionReport } from './compression-report.ts';
import type { BenchPorts, BenchReport } from './contract.ts';
import { conversationsOf, type Samples } from './samples.ts';
import { added, LEVEL_WAYS, type Tally } from './tally.ts';

/** What is compressed, and whose tokens are counted. */
export interface CompressionWish {
  readonly samples: readonly Samples[];
  /** Where the samples come from, for the report. */
  readonly origin: string;
  readonly model: string;
  /** Levels of the gateway, and codecs by their names. */
  readonly ways: readonly string[];
  readonly texts: TextCompression;
  readonly save: SaveRequest;
}

/** How many tokens each way to compress saves on each kind of text, what it costs, and whether it keeps every word. */
export async function benchCompression(wish: CompressionWish, ports: BenchPorts): Promise<BenchReport> {
  const tallies: Tally[] = [];
  const tokenizer = await warmUp(wish);
  for (const samples of wish.samples) {
    for (const way of wish.ways) {
      const tally = await tallied(samples, way, wish, ports);
      // A way that got through some of the texts only can't stand beside one that got through all of them.
      if (ports.signal.aborted) return compressionReport(tallies, { ...wish, tokenizer, isCut: true });
      tallies.push(tally);
    }
    ports.onProgress(`${samples.kind}: done`);
  }
  return compressionReport(tallies, { ...wish, tokenizer, isCut: false });
}

/** The first text waits for the tables of its tokenizer, which isn't what is measured. Says who counts. */
async function warmUp({ texts, samples, ways, model, save }: CompressionWish): Promise<string> {
  const { tokenizer, isExact } = await texts.compress({ text: 'warm', model, level: 'low' });
  const first = samples[0];
  if (first) for (const way of ways) await attempts(first, way, { texts, model, save })[0]?.();
  return `${tokenizer}, ${isExact ? 'exact' : 'estimated'}`;
}

async function tallied(samples: Samples, way: string, wish: CompressionWish, ports: BenchPorts): Promise<Tally> {
  let tally: Tally = { kind: samples.kind, way, texts: 0, before: 0, after: 0, ms: 0, comesBack: 'exactly' };
  for (const attempt of attempts(samples, way, wish)) {
    await breath();
    if (ports.signal.aborted) return tally;
    const started = ports.clockMs();
    const { originalTokens, compressedTokens, comesBack } = await attempt();
    const ms = ports.clockMs() - started;
    const done = { ...tally, texts: 0, before: originalTokens, after: compressedTokens, ms, comesBack };
    tally = added(tally, done);
  }
  return { ...tally, texts: samples.texts.length };
}

type Attempt = () => Promise<Pick<SavedRequest, 'originalTokens' | 'compressedTokens' | 'comesBack'>>;

/** A level does what the gateway does to a conversation; a codec does its work on every text, whatever that costs. */
function attempts(
  samples: Samples,
  way: string,
  { texts, model, save }: Pick<CompressionWish, 'texts' | 'model' | 'save'>,
): readonly Attempt[] {
  const level = LEVEL_WAYS.find((one) => one === way);
  if (level) return conversationsOf(samples).map((request) => () => save(request, model, level));
  return samples.texts.map((text) => async () => {
    const done = await texts.compress({ text, model, codec: way });
    if (done.text === text) return { ...done, comesBack: 'exactly' };
    if (!done.isLossless) return { ...done, comesBack: 'no' };
    const back = await texts.decompress({ text: done.text, model, isLegacy: false });
    return { ...done, comesBack: back.text === text ? 'exactly' : 'same value' };
  });
}
