import { GatewayError } from '../model/error.ts';
import { plainReply } from '../model/plain-reply.ts';
import type { Turn } from '../model/turn.ts';
import type { FindKeywords, KeywordFinding } from '../keyword/keyword-calls.ts';
import type { ToolBox } from '../tools/tool-box.ts';
import type { Stage, Step } from './contract.ts';

/** What the stage is made of. */
export interface KeywordToolsPorts {
  readonly find: FindKeywords;
  readonly run: ToolBox['run'];
  /** Whether there is anything to look for in these words. Cheap. */
  readonly mayHold: (words: string) => boolean;
}

/** Answers messages that ask for one of the gateway's own tools, instead of a model. Only what the user itself wrote counts. */
export function keywordTools({ find, run, mayHold }: KeywordToolsPorts): Stage {
  return {
    name: 'keyword-tools',
    wants: ({ ask, switches }) => {
      if (switches.disableKeywordDetection === true) return false;
      const words = ask.lastWords();
      return words !== undefined && mayHold(words);
    },
    async run(turn) {
      let note: Step['note'];
      let warning: string | undefined;
      for (const finding of find(turn.ask.lastWords() ?? '', turn.caller)) {
        if (finding.kind === 'unknown') {
          warning = 'the message names a tool that isn’t there; it went to the model as it is';
          continue;
        }
        const answer = await answered(finding, turn, run);
        if ('text' in answer) return answerStep(answer, finding, turn);
        note = { tried: finding.call.tool, refused: answer.refused };
      }
      return { ...(note ? { note } : {}), ...(warning === undefined ? {} : { warnings: [warning] }) };
    },
  };
}

type Answer = { readonly text: string; readonly failed?: string } | { readonly refused: string };

/** What the tool says, also when it says no. What a pattern found and the tool can't do anything with is not for the tool. */
async function answered(
  { kind, call }: Exclude<KeywordFinding, { kind: 'unknown' }>,
  { caller, cancellation, switches }: Turn,
  run: ToolBox['run'],
): Promise<Answer> {
  try {
    const { text } = await run(call, { caller, cancellation, switches });
    return { text };
  } catch (thrown) {
    const error = GatewayError.from(thrown);
    if (cancellation.reason || error.code === 'gateway.bug') throw error;
    if (kind === 'pattern' && error.rule.blame === 'caller') return { refused: error.code };
    return { text: `The tool "${call.tool}" could not answer: ${error.message}`, failed: error.code };
  }
}

function answerStep(
  { text, failed }: Extract<Answer, { text: string }>,
  finding: Exclude<KeywordFinding, { kind: 'unknown' }>,
  { id, ask }: Turn,
): Step {
  const { tool } = finding.call;
  return {
    answer: plainReply(text, { id: `tool-${id}`, model: ask.head.model }),
    note: {
      tool,
      ...(finding.kind === 'pattern' ? { pattern: finding.pattern } : {}),
      ...(failed === undefined ? {} : { failed }),
    },
  };
}
