import { expect, test } from 'vitest';
import { Deployments } from '../routing/deployment.ts';
import type { EndpointAsked } from './contract.ts';
import { vertexAi } from './vertex-ai.ts';

test.each([
  [
    { project: 'p-1', location: 'europe-west4' },
    '/projects/p-1/locations/europe-west4/publishers/google/models/m%2F..:generateContent',
  ],
  [{ location: 'us-central1' }, '/publishers/google/models/m%2F..:generateContent'],
])('a model is asked in its project and place, and cannot lead out of it: %s', (fields, expected) => {
  expect(pathOf(0, { model: 'm/..', stream: false, fields })).toBe(expected);
});

test('models of Anthropic’s are asked as Google serves them', () => {
  const model = 'claude-sonnet-4-5@20250929';
  const asked = { model, fields: { project: 'p', location: 'us-east5' } };
  const path = `/projects/p/locations/us-east5/publishers/anthropic/models/${model}`;
  expect(pathOf(1, { ...asked, stream: false })).toBe(`${path}:rawPredict`);
  expect(pathOf(1, { ...asked, stream: true })).toBe(`${path}:streamRawPredict`);
});

test.each([
  ['global', 'https://aiplatform.googleapis.com'],
  ['eu', 'https://aiplatform.eu.rep.googleapis.com'],
  ['europe-west4', 'https://europe-west4-aiplatform.googleapis.com'],
])('in %s the host is %s, unless the operator says another', (location, origin) => {
  const providers = { vertex_ai: { enabled: true, fields: { location } } };
  const made = new Deployments({ providers, environment: () => undefined }).made(vertexAi, 'm');
  expect([made.origin, made.pathPrefix]).toEqual([origin, '/v1']);
  const environment = (name: string) => (name === 'VERTEXAI_API_BASE' ? 'https://proxy.example' : undefined);
  expect(new Deployments({ providers, environment }).made(vertexAi, 'm').origin).toBe('https://proxy.example');
});

function pathOf(place: number, asked: EndpointAsked): string | undefined {
  const path = vertexAi.chat[place]?.path;
  return typeof path === 'function' ? path(asked) : path;
}
