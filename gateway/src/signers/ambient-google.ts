import type { Token } from './token-shelf.ts';

/**
 * A token for whoever the machine itself is (Application Default Credentials), or for credentials of another kind than a
 * service account's. Google's library knows the ways there are, and asks by itself; it is there only if the operator has
 * installed it. https://cloud.google.com/docs/authentication/application-default-credentials
 */
export async function ambientGoogleToken(scope: string, credentials: object | undefined): Promise<Token> {
  const { GoogleAuth } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: [scope], ...(credentials ? { credentials } : {}) });
  const client = await auth.getClient();
  const { token } = await client.getAccessToken();
  if (!token) throw new Error('Google gave no token.');
  // Without a time it is asked for anew each time.
  return { text: token, expiresAtMs: client.credentials.expiry_date ?? 0 };
}
