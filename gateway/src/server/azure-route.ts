import { withPathFields } from '../dialects/path-fields.ts';
import type { DialectId } from '../model/request.ts';
import type { ChatRoute } from './chat.ts';
import { callOf, jsonObject, withTextContent } from './ingress.ts';

const DEPLOYED = /^\/(?:openai\/deployments|engines)\/([^/]{1,1000})\/(chat\/completions|completions|embeddings)$/;
/** The rest of Azure's API is OpenAI's under another name. */
const RENAMED = /^\/openai(?:\/v1)?(\/.{1,1000})$/;

/** What a path of Azure's says. */
export interface DeploymentPath {
  readonly model: string;
  readonly operation: string;
}

/** Reads a path with a deployment in it; `undefined` where it is somebody else's. https://learn.microsoft.com/azure/ai-foundry/openai/reference */
export function deploymentPath(path: string): DeploymentPath | undefined {
  const [, name, operation] = DEPLOYED.exec(path) ?? [];
  if (name === undefined || operation === undefined) return undefined;
  try {
    return { model: decodeURIComponent(name), operation };
  } catch {
    return undefined;
  }
}

/** OpenAI's path for one of Azure's that has no deployment in it; `undefined` where it is neither. */
export function openaiPath(path: string): string | undefined {
  const [, rest] = RENAMED.exec(path) ?? [];
  return rest === undefined ? undefined : `/v1${rest}`;
}

/** How a chat is read whose model stands in the path. */
export function deployedChat({ model, operation }: DeploymentPath): ChatRoute {
  const dialect: DialectId = operation === 'completions' ? 'openai-completions' : 'openai-chat';
  return {
    dialect,
    read: (bytes, { headers }) => {
      const named = withModel(bytes, model);
      return callOf(withTextContent({ dialect, bytes: named, body: jsonObject(named) }), headers);
    },
  };
}

/** The body with the model that the path says, whatever it says itself: clients fill in something. */
export function withModel(bytes: Buffer, model: string): Buffer {
  const body = jsonObject(bytes);
  if (body['model'] === model) return bytes;
  if (!('model' in body)) return withPathFields(bytes, { model }, Object.keys(body).length === 0);
  return Buffer.from(JSON.stringify({ ...body, model }));
}
