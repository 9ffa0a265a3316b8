import type { Guard } from '../guards/contract.ts';
import { guardReply, watchReply } from '../guarding/guard-reply.ts';
import { type ActiveGuard, Judging } from '../guarding/judging.ts';
import { GatewayError } from '../model/error.ts';
import type { GuardCategory, GuardRule } from '../model/guard.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { isInTokens } from '../privacy/token-prompt.ts';
import { mapTexts } from '../privacy/request-texts.ts';
import type { Stage, Step } from './contract.ts';

/** Which guards there are, and how much of a reply they see at once. */
export interface GuardSettings {
  readonly rules: readonly GuardRule[];
  readonly windowCharacters: number;
}

/** Judges the caller’s words before anything changes them, and the words the caller will hear. Fails closed. */
export function guard(
  { rules, windowCharacters }: GuardSettings,
  guards: Readonly<Record<GuardCategory, Guard>>,
): Stage {
  const known: readonly ActiveGuard[] = rules.map((rule) => ({ ...rule, guard: guards[rule.category] }));
  const isUsual = known.some((rule) => rule.default);
  return {
    name: 'guard',
    wants: ({ caller, switches }) => isUsual || caller.guards !== undefined || switches.guardrails !== undefined,
    run: (turn) => {
      const active = activeOf(known, turn);
      const flagged = new Set<string>();
      const note: { flagged?: string } = {};
      const onFlag = (name: string): void => {
        flagged.add(name);
        note.flagged = [...flagged].join(', ');
      };
      const request = judgedRequest(turn.ask.look.bind(turn.ask), new Judging(on('input', active), onFlag), active);
      return { ...request, ...onTheWayBack(on('output', active), onFlag, windowCharacters), note };
    },
  };
}

function on(where: 'input' | 'output', active: readonly ActiveGuard[]): readonly ActiveGuard[] {
  return active.filter((rule) => rule.on.includes(where));
}

/** Those that judge everybody, those of the key, and those that the request names. Throws `request.invalid`. */
function activeOf(known: readonly ActiveGuard[], { caller, switches }: Turn): readonly ActiveGuard[] {
  const unknown = switches.guardrails?.find((name) => !known.some((rule) => rule.name === name));
  if (unknown !== undefined)
    throw new GatewayError('request.invalid', `There is no guard named "${unknown}".`, { param: 'guardrails' });
  const named = new Set([...(caller.guards ?? []), ...(switches.guardrails ?? [])]);
  return known.filter((rule) => rule.default || named.has(rule.name));
}

function judgedRequest(look: () => ChatRequest, judging: Judging, active: readonly ActiveGuard[]): Step {
  if (on('input', active).length === 0) return {};
  const request = look();
  if (isInTokens(request)) throw new GatewayError('guard.blocked', IN_TOKENS, { param: 'prompt' });
  const judged = mapTexts(request, (text, { role, form, signed }) => {
    const left = judging.judged(text, role, form);
    return signed ? text : left;
  });
  return judged === request ? {} : { request: judged };
}

const IN_TOKENS = 'Guards can’t read a prompt in tokens. Send it as text.';

function onTheWayBack(
  active: readonly ActiveGuard[],
  onFlag: (name: string) => void,
  windowCharacters: number,
): Pick<Step, 'onReply' | 'watch'> {
  if (active.length === 0) return {};
  const judging = new Judging(active, onFlag);
  if (active.every(({ action }) => action === 'flag')) return { watch: watchReply(judging, windowCharacters) };
  return { onReply: guardReply(judging, windowCharacters) };
}
