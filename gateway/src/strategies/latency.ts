import { byChance, byMark, type Contender, type Question, type Strategy } from './contract.ts';

/** Targets that are this little slower than the fastest are as good as it. */
const BUFFER_SHARE = 0.1;

/**
 * Asks whoever is fast: to the first output for streams, per token of output for whole answers. One that nobody has
 * asked of late is tried, by one request at a time, so that a slow one is noticed when it has become fast.
 */
export const latency: Strategy = {
  id: 'latency',
  says: 'The fastest of late: to the first output of a stream, or per token of a whole answer.',
  order: (contenders, question) => {
    const shuffled = byChance(contenders, question);
    const fastest = Math.min(...shuffled.map((contender) => pace(contender, question) ?? Number.POSITIVE_INFINITY));
    return byMark(shuffled, (contender) => {
      const ms = pace(contender, question);
      if (ms === undefined) return contender.standing.inFlight === 0 ? -1 : Number.POSITIVE_INFINITY;
      return ms <= fastest * (1 + BUFFER_SHARE) ? fastest : ms;
    });
  },
  why: (contender, question) => {
    const ms = pace(contender, question);
    if (ms === undefined) return 'not measured of late';
    return `${ms.toFixed(1)} ms ${question.stream ? 'to the first output' : 'per token'}`;
  },
};

function pace({ standing }: Contender, { stream, nowMs }: Question): number | undefined {
  return stream ? standing.firstOutputMs(nowMs) : standing.msPerToken(nowMs);
}
