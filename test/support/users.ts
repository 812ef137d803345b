import { SignUpService } from '@central-index/namespaces';
import type { Actor } from './client';
import type { IndexUnderTest } from './index-under-test';

/** Makes an administrator, as the operator's command does, and gives the actor with the password. */
export async function createAdministrator(index: IndexUnderTest, name: string): Promise<Actor> {
  const password = `a long password of ${name}`;
  const person = { name, email: `${name}@example.org`, password };
  await index.app.get(SignUpService, { strict: false }).createAdministrator(person, { name: ':test' });
  return index.anonymous.basic(name, password);
}

/** The same person with an access token of these permissions on these patterns. */
export async function withToken(
  person: Actor,
  permissions: readonly string[],
  repositories: readonly string[],
): Promise<Actor> {
  const answer = await person.post('/api/v1/user/tokens', { label: 'test', permissions, repositories });
  if (answer.status !== 201) throw new Error(`access token: ${answer.status} ${answer.text}`);
  return person.bearer(answer.json.token as string);
}
