import type { Detector } from '../detectors/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import { type MaskedRequest, maskRequest } from '../privacy/mask-request.ts';
import { isMasked } from '../privacy/masking-wish.ts';
import { restoreReply } from '../privacy/restore-reply.ts';
import { isInTokens } from '../privacy/token-prompt.ts';
import type { Stage } from './contract.ts';

/** Whether private data is masked, and who may say otherwise. */
export interface MaskPiiSettings {
  readonly maskBeforeLlm: boolean;
  readonly callersMaySwitchOff: boolean;
}

/**
 * Puts placeholders in place of private data on the way in, and the values back on the way out. Everything behind it
 * (tools, cache, provider) sees placeholders only.
 */
export function maskPii(settings: MaskPiiSettings, detectors: readonly Detector[]): Stage {
  return {
    name: 'mask-pii',
    wants: (turn) => isWanted(settings, turn),
    run: (turn) => {
      if (!isWanted(settings, turn)) return {};
      const request = turn.ask.look();
      if (isInTokens(request)) throw new GatewayError('privacy.unreadable', IN_TOKENS, { param: 'prompt' });
      const masked = maskedRequest(request, detectors);
      if (!masked) return {};
      const isJson = request.output?.type === 'json' || request.output?.type === 'json-schema';
      return {
        request: masked.request,
        onReply: restoreReply(masked.values, isJson),
        note: { masked: masked.values.size },
      };
    },
  };
}

const IN_TOKENS = 'Private data is to be masked, and a prompt in tokens can’t be read. Send it as text.';

function isWanted({ maskBeforeLlm, callersMaySwitchOff }: MaskPiiSettings, { caller, switches }: Turn): boolean {
  const { privacy } = caller;
  return isMasked({
    usual: maskBeforeLlm,
    callersMaySwitchOff,
    key: { isOn: privacy?.maskBeforeLlm, callersMaySwitchOff: privacy?.callersMaySwitchOff },
    wish: switches.maskBeforeLlm,
  });
}

/** Whatever goes wrong here, nothing is sent. The cause may quote what was to be hidden, so only its kind is said. */
function maskedRequest(request: ChatRequest, detectors: readonly Detector[]): MaskedRequest | undefined {
  try {
    return maskRequest(request, detectors);
  } catch (thrown) {
    const kind = thrown instanceof Error ? thrown.name : typeof thrown;
    throw new GatewayError('privacy.failed', `Private data could not be masked (${kind}), so nothing was sent.`);
  }
}
