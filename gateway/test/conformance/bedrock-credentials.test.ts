import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { json, loopback } from '../loopback.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Answer, chatOf, openScene } from './scene.ts';

const MODEL = 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** A file of that text in a folder of its own. */
async function fileOf(text: string): Promise<string> {
  const path = join(temporaryFolder('aws-'), 'file');
  await writeFile(path, text);
  return path;
}

/** Asks a gateway in that environment one question, and says what the request was signed with. */
async function asked(env: Readonly<Record<string, string>>) {
  const scene = await openScene({
    config: ({ openai }) => ({ providers: { bedrock: { baseUrl: new URL(openai).origin } } }),
    env: { AWS_REGION: 'eu-west-1', LITELLM_MAX_RETRIES: '0', ...env },
  });
  onTestFinished(scene.close);
  const answers: Answer[] = [];
  for (const _ of [1, 2]) answers.push(await scene.ask('/v1/chat/completions', chatOf(MODEL)));
  const proofs = scene.openai.requests.map(({ headers }) => ({
    id: /Credential=([^/]+)/.exec(String(headers['authorization']))?.[1],
    token: headers['x-amz-security-token'],
  }));
  return { answer: answers[0], status: answers.map(({ status }) => status), proofs };
}

const twice = <Value>(value: Value): readonly Value[] => [value, value];

/** Amazon's token service on loopback. */
const tokenService = () =>
  loopback((_, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(`<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult><Credentials>
        <AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>CANARY-of-role</SecretAccessKey>
        <SessionToken>CANARY-session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleWithWebIdentityResult>
    </AssumeRoleWithWebIdentityResponse>`);
  });

test('a profile signs with the keys of Amazon’s own files', async () => {
  const { status, proofs } = await asked({
    AWS_PROFILE: 'work',
    AWS_CONFIG_FILE: await fileOf('[profile work]\nregion = eu-west-1\n'),
    AWS_SHARED_CREDENTIALS_FILE: await fileOf(
      '[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = CANARY-of-work\n',
    ),
  });
  expect(status).toEqual([200, 200]);
  expect(proofs).toEqual(twice({ id: 'AKIDWORK', token: undefined }));
});

test('a profile signs with what its program says, which is asked once', async () => {
  const seen = await fileOf('');
  const said = { Version: 1, AccessKeyId: 'AKIDPROGRAM', SecretAccessKey: 'CANARY-p', SessionToken: 'CANARY-t' };
  const program = await fileOf(
    `require('fs').appendFileSync(${JSON.stringify(seen)}, 'x'); console.log(${JSON.stringify(JSON.stringify({ ...said, Expiration: '2099-01-01T00:00:00Z' }))})`,
  );
  const { status, proofs } = await asked({
    AWS_PROFILE: 'work',
    AWS_CONFIG_FILE: await fileOf(`[profile work]\ncredential_process = ${process.execPath} ${program}\n`),
    AWS_SHARED_CREDENTIALS_FILE: await fileOf(''),
  });
  expect(status).toEqual([200, 200]);
  expect(proofs).toEqual(twice({ id: 'AKIDPROGRAM', token: 'CANARY-t' }));
});

test('a role is taken on with a token of web identity, once for many requests', async () => {
  const service = await tokenService();
  const { status, proofs } = await asked({
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/models',
    AWS_WEB_IDENTITY_TOKEN_FILE: await fileOf('a-web-token'),
    AWS_ENDPOINT_URL_STS: service.url,
  });
  expect(status).toEqual([200, 200]);
  expect(proofs).toEqual(twice({ id: 'AKIDROLE', token: 'CANARY-session' }));
  const forms = service.asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  expect(forms).toMatchObject([{ RoleArn: 'arn:aws:iam::123456789012:role/models', WebIdentityToken: 'a-web-token' }]);
});

test('a role that Amazon’s chain did not take on signs nothing', async () => {
  const { answer, proofs } = await asked({
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/models',
    AWS_ACCESS_KEY_ID: 'AKIDSOMEBODY',
    AWS_SECRET_ACCESS_KEY: 'CANARY-of-somebody',
  });
  expect(answer?.status).toBe(401);
  expect(answer?.text).toContain('AWS_WEB_IDENTITY_TOKEN_FILE');
  expect(proofs).toEqual([]);
});

test('the profile “default” without files signs with what the container may do', async () => {
  const container = await loopback((_, response) =>
    json(response, {
      AccessKeyId: 'AKIDTASK',
      SecretAccessKey: 'CANARY-task',
      Token: 'CANARY-t',
      Expiration: '2099-01-01T00:00:00Z',
    }),
  );
  const { status, proofs } = await asked({
    AWS_PROFILE: 'default',
    AWS_CONFIG_FILE: await fileOf(''),
    AWS_SHARED_CREDENTIALS_FILE: await fileOf(''),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/credentials`,
  });
  expect(status).toEqual([200, 200]);
  expect(proofs).toEqual(twice({ id: 'AKIDTASK', token: 'CANARY-t' }));
});
