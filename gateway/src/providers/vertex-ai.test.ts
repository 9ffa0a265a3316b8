import { expect, test } from 'vitest';
import { vertexAi } from './vertex-ai.ts';

test.each([
  [
    { project: 'p-1', location: 'europe-west4' },
    '/projects/p-1/locations/europe-west4/publishers/google/models/m%2F..:generateContent',
  ],
  [{ location: 'us-central1' }, '/publishers/google/models/m%2F..:generateContent'],
])('a model is asked in its project and place, and cannot lead out of it: %s', (fields, expected) => {
  const path = vertexAi.chat[0]?.path;
  expect(typeof path === 'function' && path({ model: 'm/..', stream: false, fields })).toBe(expected);
});
