import { SignUpService } from '@central-index/namespaces';
import type { Actor } from './client';
import type { IndexUnderTest } from './index-under-test';

/** Creates an administrator, as the operator's command does. Returns a client with the password. */
export async function createAdministrator(index: IndexUnderTest, name: string): Promise<Actor> {
  const password = `a long password of ${name}`;
  const account = { name, email: `${name}@example.org`, password };
  await index.app.get(SignUpService, { strict: false }).createAdministrator(account, { name: ':test' });
  return index.anonymous.basic(name, password);
}

/** Creates an access token with permissions on patterns of repositories. Returns a client that uses it. */
export async function withToken(
  user: Actor,
  permissions: readonly string[],
  repositories: readonly string[],
): Promise<Actor> {
  const response = await user.post('/api/v1/user/tokens', { label: 'test', permissions, repositories });
  if (response.status !== 201) throw new Error(`access token: ${response.status} ${response.text}`);
  return user.bearer(response.json.token as string);
}
