import type { Callback } from './contract.ts';
import { langfuse, type LangfuseSettings } from './langfuse.ts';
import { webhook, type WebhookSettings } from './webhook.ts';

/** The settings of one callback, told apart by `kind`. */
export type CallbackSettings =
  | ({ readonly kind: 'langfuse' } & LangfuseSettings)
  | ({ readonly kind: 'webhook' } & WebhookSettings);

/** The callback that the settings ask for. */
export function callbackFor(settings: CallbackSettings): Callback {
  switch (settings.kind) {
    case 'langfuse':
      return langfuse(settings);
    case 'webhook':
      return webhook(settings);
  }
}
