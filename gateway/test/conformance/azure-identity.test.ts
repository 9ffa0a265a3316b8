import { expect, onTestFinished, test } from 'vitest';
import { json, loopback } from '../loopback.ts';
import { chatOf, openScene } from './scene.ts';

/** Asks a model twice whose token comes from a machine on loopback, and says what each side heard. */
async function asked(fields: object, said: object, status = 200) {
  const machine = await loopback((_, response) => json(response, said, status));
  const scene = await openScene({
    config: ({ openai }) => ({
      models: [{ name: 'ours', target: 'azure/our-gpt', apiBase: new URL(openai).origin, fields }],
    }),
    env: {
      LITELLM_MAX_RETRIES: '0',
      AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url,
      IDENTITY_ENDPOINT: `${machine.url}/msi/token`,
      IDENTITY_HEADER: 'CANARY-identity-header',
    },
  });
  onTestFinished(scene.close);
  const answers = [];
  for (const _ of [1, 2]) answers.push(await scene.ask('/v1/chat/completions', chatOf('ours')));
  return {
    answers,
    statuses: answers.map((answer) => answer.status),
    questions: machine.asked,
    proofs: scene.openai.requests.map(({ headers }) => headers['authorization']),
  };
}

const resource = 'https://cognitiveservices.azure.com';

test('a machine signs with its own identity, which it is asked for once', async () => {
  const token = { access_token: 'CANARY-token', expires_in: '3599', expires_on: '4070908800', token_type: 'Bearer' };
  const { statuses, questions, proofs } = await asked({ managedIdentity: 'imds' }, token);
  expect(statuses).toEqual([200, 200]);
  expect(proofs).toEqual(['Bearer CANARY-token', 'Bearer CANARY-token']);
  expect(questions).toMatchObject([
    {
      method: 'GET',
      path: '/metadata/identity/oauth2/token',
      query: { 'api-version': '2018-02-01', resource },
      headers: { metadata: 'true' },
    },
  ]);
});

test('an app signs with the identity that is named, and proves that it asks', async () => {
  const token = { access_token: 'CANARY-token', expires_on: '4070908800', token_type: 'Bearer' };
  const fields = { managedIdentity: 'app-service', clientId: 'one-of-ours', identityHeader: 'env:IDENTITY_HEADER' };
  const { statuses, questions, proofs } = await asked(fields, token);
  expect(statuses).toEqual([200, 200]);
  expect(proofs).toEqual(['Bearer CANARY-token', 'Bearer CANARY-token']);
  expect(questions).toMatchObject([
    {
      path: '/msi/token',
      query: { 'api-version': '2019-08-01', resource, client_id: 'one-of-ours' },
      headers: { 'x-identity-header': 'CANARY-identity-header' },
    },
  ]);
});

test.each([
  ['a machine without an identity', { managedIdentity: 'imds' }, 'the machine answered 400'],
  ['another word', { managedIdentity: 'magic' }, 'managedIdentity must be imds'],
  ['an app that can’t prove itself', { managedIdentity: 'app-service' }, 'managedIdentity must be imds'],
])('%s signs nothing, and says why', async (_, fields, why) => {
  const { answers, proofs } = await asked(fields, { error: 'invalid_request', error_description: 'hush' }, 400);
  expect(answers[0]?.status).toBe(401);
  expect(answers[0]?.text).toContain(why);
  expect(answers[0]?.text).not.toContain('hush');
  expect(proofs).toEqual([]);
});

test('no machine is asked where nobody said so', async () => {
  const { questions, proofs } = await asked({}, {});
  expect([questions, proofs]).toEqual([[], []]);
});
