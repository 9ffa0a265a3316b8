import type { FetchPublicPage } from '../model/public-page.ts';
import type { TextFolder } from '../model/text-folder.ts';
import type { Transport } from '../model/upstream.ts';
import { calculator } from './calculator/calculator.ts';
import type { Tool } from './contract.ts';
import { currentTime } from './current-time/current-time.ts';
import { fetchUrl } from './fetch-url/fetch-url.ts';
import { fileSearch, type FileSearchSettings } from './file-search/file-search.ts';
import { type MaskText, piiMask } from './pii-mask/pii-mask.ts';
import { serviceAsker } from './service-asker.ts';
import { type AskModel, summarize } from './summarize/summarize.ts';
import { weather, type WeatherSettings } from './weather/weather.ts';
import { webSearch, type WebSearchSettings } from './web-search/web-search.ts';

/** A tool for each agent of the operator's. */
export { agent } from './agent/agent.ts';

/** What the operator set about tools. */
export interface ToolSettings {
  readonly timeoutMs: number;
  readonly serviceBytesMax: number;
  readonly weather: WeatherSettings;
  readonly webSearch: WebSearchSettings;
  readonly pages: { readonly charactersMax: number };
  readonly fileSearch: FileSearchSettings;
}

/** What tools need from outside. What is absent was not switched on. */
export interface ToolPorts {
  readonly transport: Transport;
  readonly fetchPage: FetchPublicPage | undefined;
  readonly folder: TextFolder | undefined;
  readonly askModel: AskModel | undefined;
  readonly maskText: MaskText;
}

/** Every tool there is. */
export function toolsOf(
  settings: ToolSettings,
  { transport, fetchPage, folder, askModel, maskText }: ToolPorts,
): readonly Tool[] {
  const { timeoutMs, serviceBytesMax } = settings;
  const ask = serviceAsker(transport, { bytesMax: serviceBytesMax, timeoutMs });
  const reading = fetchPage && { fetchPage, charactersMax: settings.pages.charactersMax };
  return [
    calculator(),
    currentTime(),
    fetchUrl(reading),
    fileSearch(folder, settings.fileSearch),
    piiMask(maskText),
    summarize({ askModel, reading }),
    weather(settings.weather, ask),
    webSearch(settings.webSearch, ask),
  ];
}
