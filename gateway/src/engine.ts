import { authorizeModels } from './access/authenticate.ts';
import { admitter } from './access/admission.ts';
import { joinedKeyring, keyring, type KnownKey } from './access/keyring.ts';
import { compressors, legacyCompressors, legacyDecompress } from './compressors/index.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import type { Detector } from './detectors/contract.ts';
import { detectors } from './detectors/index.ts';
import type { Governance } from './governance.ts';
import { guards } from './guards/index.ts';
import { keywordFinder } from './keyword/keyword-calls.ts';
import type { PatternBook } from './keyword/pattern-book.ts';
import type { PriceBook } from './ledger/prices.ts';
import { operationsOf } from './operations.ts';
import type { Embedder } from './model/embedder.ts';
import type { TurnRecord } from './model/turn.ts';
import { modelAsker } from './pipeline/model-asker.ts';
import { order } from './pipeline/order.ts';
import type { Pipeline } from './pipeline/run.ts';
import { providers } from './providers/index.ts';
import { catalog, type CatalogSettings } from './routing/catalog.ts';
import { Chooser } from './routing/chooser.ts';
import type { DispatchPorts } from './routing/dispatch.ts';
import { prompting } from './prompting/prompting.ts';
import { textCompression } from './saving/text-compression.ts';
import type { TokenSaver } from './saving/save-tokens.ts';
import type { Engine } from './server/contract.ts';
import { Paraphrases } from './caching/paraphrases.ts';
import type { ReplyCache } from './caching/reply-cache.ts';
import { digestOf, type KeyGround } from './caching/request-key.ts';
import { cache } from './stages/cache.ts';
import { chooseModel } from './stages/choose-model.ts';
import { compress } from './stages/compress.ts';
import { guard } from './stages/guard.ts';
import { fitToKeep } from './keeping/fit-to-keep.ts';
import { ResponseBook } from './keeping/response-book.ts';
import type { ResponseKeeper } from './keeping/response-keeper.ts';
import { keepBodies, type KeptBody } from './stages/keep-bodies.ts';
import { keepResponse } from './stages/keep-response.ts';
import { ownFiles } from './stages/own-files.ts';
import type { Stage } from './stages/contract.ts';
import { resumeResponse } from './stages/resume-response.ts';
import { limits } from './stages/limits.ts';
import { maskPii } from './stages/mask-pii.ts';
import { keywordTools } from './stages/keyword-tools.ts';
import { mockResponse } from './stages/mock-response.ts';
import { askingPorts, asksOf, described, dispatchSettings, pricesOf, sendOf, routesOf, withPrice } from './targets.ts';
import { tokenCounter } from './tokens/count.ts';
import { toolBoxOf } from './tooling.ts';
import type { ToolBox } from './tools/tool-box.ts';

/** What an engine needs of the world; stays the same across reloads. */
export interface EnginePorts extends DispatchPorts, Pick<CatalogSettings, 'found'> {
  readonly keywords: PatternBook;
  readonly replies: ReplyCache;
  /** What compares questions; begun when it is first asked for. Throws when it isn't installed. */
  readonly embedder: (kind: Config['cache']['semantic']['embedder']) => Embedder;
  readonly onRecord: (record: TurnRecord) => void;
  readonly newId: () => string;
  readonly saver: TokenSaver;
  readonly prices: PriceBook;
  readonly governance: Governance;
  /** Keeps what was said; absent when nothing is kept. */
  readonly keepBody: ((body: KeptBody) => void) | undefined;
  /** Where responses are kept between requests. */
  readonly keeper: ResponseKeeper;
}

/** All that follows from one configuration: the line, the keys, the names. Throws when it can't be served. */
export function engineOf(
  { config, environment }: LoadedConfig,
  ports: EnginePorts,
  moreKeys: readonly KnownKey[],
): Engine {
  const { routing, upstream, server } = config;
  const names = catalog(providers, {
    ...routing,
    models: config.models.map(withPrice),
    providers: config.providers,
    environment: (name) => environment[name],
    found: ports.found,
  });
  const settings = dispatchSettings(config);
  const known = keyring([...moreKeys, ...keysOf(config, ports.governance)]);
  const asking = askingPorts(config, ports);
  const chooser = new Chooser(routing, asking);
  const asker = { ...ports, pipeline: () => pipeline, authorize: authorizeModels, clocks: ports };
  const toolBox = toolBoxOf(config, { ...ports, asker, detectors: detectorsOf(config) });
  const shared = sharedStages(config, ports, pricesOf(config, names, asking.priceOf));
  const responses = responsesOf(config, ports);
  const pipeline: Pipeline = {
    stages: order({
      ...shared,
      chooseModel: config.keywords.directives ? chooseModel : undefined,
      keepBodies: ports.keepBody ? keepBodies(ports.keepBody) : undefined,
      ...responses.stages,
      ownFiles: config.operations.fileIds === 'own' ? ownFilesStage(ports.governance) : undefined,
      keywordTools: keywordStage(config, toolBox, ports),
      compress: compress(config.saving, { saver: ports.saver, counterFor: tokenCounter }),
      mockResponse,
      cache: cacheStage(config, ports),
    }),
    send: sendOf(config, { names, chooser, settings, asking }, ports),
  };
  return {
    pipeline,
    keyring: ports.governance.keys ? joinedKeyring(ports.governance.keys, known) : known,
    texts: textCompression({ compressors, legacy: legacyCompressors, legacyDecompress, counterFor: tokenCounter }),
    prompting: prompting(config.prompting, {
      ...ports,
      ask: modelAsker({ ...asker, tag: 'prompting' }),
      counterFor: tokenCounter,
    }),
    overruling: { usual: config.access.switches, roles: config.access.roleSwitches, privacy: config.privacy },
    listedModels: () => names.names().map((listed) => described(listed, names, asking.priceOf)),
    toolBox,
    keywords: ports.keywords,
    replies: ports.replies,
    operations: operationsOf(
      { config, environment },
      { governance: ports.governance, shared, names, settings, asking, chooser },
    ),
    responses: responses.book,
    routes: routesOf(config, { names, chooser, settings, asking }, ports),
    pages: server,
    bodyBytesMax: server.bodyBytesMax,
    totalTimeoutMs: upstream.totalTimeoutMs,
  };
}

/** The stations that whatever is asked of a provider passes. */
function sharedStages(config: Config, ports: EnginePorts, prices: ReturnType<typeof pricesOf>) {
  return {
    limits: limits(admitter({ ...admissionOf(config, ports), pricesOf: prices })),
    guard: guard(config.guards, guards),
    maskPii: maskPii(config.privacy, detectorsOf(config)),
  };
}

/** What is kept of responses, and the stations that keep them and go on from them. */
function responsesOf(config: Config, ports: EnginePorts) {
  const fit = fitToKeep(config.privacy, detectorsOf(config));
  const book = new ResponseBook(config.responses.ttlMs, { ...ports, fitToKeep: fit });
  const stages = {
    resumeResponse: resumeResponse((request, caller) => book.resumed(request, caller)),
    keepResponse: config.responses.keep ? keepResponse((said) => book.keep(said), ports.nowMs) : undefined,
  };
  return { book, stages };
}

function ownFilesStage({ objects }: Governance): Stage {
  return ownFiles(async (id, keyId) => {
    const found = await objects?.find(id);
    return found?.kind === 'file' && found.keyId === keyId;
  });
}

function cacheStage({ cache: settings, ...config }: Config, { replies, embedder, deadlines }: EnginePorts) {
  if (!settings.enabled) return undefined;
  const { semantic } = settings;
  const paraphrases = semantic.enabled
    ? new Paraphrases(semantic, { embedder: embedder(semantic.embedder), deadlines })
    : undefined;
  return cache({ ...settings, ...groundOf(config) }, { replies, paraphrases });
}

/** What tells answers apart beside the request: which models answer, and which headers they are sent. */
function groundOf({
  models,
  providers: settings,
  routing,
}: Pick<Config, 'models' | 'providers' | 'routing'>): Pick<KeyGround, 'models' | 'forwards'> {
  const forwards = providers.flatMap((provider) => (provider.kind === 'http' ? (provider.forwards ?? []) : []));
  return { models: digestOf([models, settings, routing]) ?? 'any', forwards: [...new Set(forwards)].sort() };
}

/** The detectors of the kinds that are looked for. */
export function detectorsOf({ privacy }: Config): readonly Detector[] {
  return detectors.filter(({ kind }) => privacy.kinds.includes(kind));
}

function keywordStage({ keywords: { directives } }: Config, toolBox: ToolBox, { keywords: book }: EnginePorts) {
  return keywordTools({
    find: keywordFinder({ toolBox, book, directives }),
    run: toolBox.run,
    mayHold: (words) => book.settings.detection || (directives && /^\s*#/.test(words)),
  });
}

function admissionOf({ limits: bounds, routing }: Config, { clockMs, nowMs, governance }: EnginePorts) {
  return { ...bounds, clockMs, nowMs, asksOf: asksOf(routing), onReserved: governance.onReserved };
}

function keysOf(config: Config, governance: Governance): KnownKey[] {
  const { access } = config;
  const master: KnownKey[] =
    access.masterKey === undefined ? [] : [{ key: access.masterKey, caller: { keyId: 'master', role: 'admin' } }];
  const others = access.apiKeys.map(
    ({ id, key, role, models, regions, tools, privacy, guards: named, switches }): KnownKey => ({
      key,
      caller: governance.governed(
        {
          keyId: id,
          role,
          ...(models ? { models } : {}),
          ...(regions ? { regions } : {}),
          ...(tools ? { tools } : {}),
          ...(privacy ? { privacy } : {}),
          ...(named ? { guards: named } : {}),
          ...(switches ? { switches } : {}),
        },
        // The original's name for whoever has the key of the environment.
        id === 'env' ? 'env_user' : id,
        config,
      ),
    }),
  );
  return [...others, ...master];
}
