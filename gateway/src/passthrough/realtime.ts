import type { FrameLine, OpenLine } from '../model/frame-line.ts';
import type { Trail } from '../pipeline/trail.ts';
import { headerList } from '../routing/address.ts';
import { passed, pathOf, type Passage } from './passage.ts';

/** Opens the provider's end of a conversation, with retries and fallbacks until it is there. */
export function providerLine(
  trail: Trail,
  passage: Passage,
  { query, open }: { readonly query: URLSearchParams; readonly open: OpenLine },
): Promise<FrameLine> {
  const { limits, settings } = passage;
  return passed(trail, passage, async (turn, place) => {
    const { deployment } = place;
    const { provider, origin, model } = deployment;
    const asked = new URLSearchParams({ model, ...intentOf(query) });
    const reply = await open({
      provider: provider.id,
      origin,
      path: `${pathOf(place)}?${asked.toString()}`,
      headers: withoutBody(headerList(turn, deployment)),
      frameBytesMax: limits.frameBytesMax,
      timeoutMs: settings.headersTimeoutMs,
      cancellation: turn.cancellation,
    });
    return { reply, notices: [] };
  });
}

/** What a conversation is for, where that isn't talking; everything else a caller may write there is left out. */
function intentOf(query: URLSearchParams): { readonly intent?: string } {
  const intent = query.get('intent');
  return intent === null ? {} : { intent };
}

const ABOUT_BODIES: ReadonlySet<string> = new Set(['content-type', 'accept-encoding']);

function withoutBody(headers: readonly string[]): readonly string[] {
  return headers.filter((_, at) => !ABOUT_BODIES.has(headers[at - (at % 2)] ?? ''));
}
