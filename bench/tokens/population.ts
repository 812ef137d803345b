import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { hash } from '@node-rs/argon2';
import { type Client } from 'pg';

/** The password of all accounts. */
export const password = 'tulips in the rain 1';

/** Numbers of rows. Accounts are named `person1`, `person2`, …, and each owns `app1` to `app3`. */
export const size = { accounts: 100_000, repositories: 300_000, tokens: 1_000 } as const;

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function personalToken(): string {
  const text = `ci_pat_${Array.from({ length: 30 }, () => base62[randomInt(62)]).join('')}`;
  let checksum = '';
  for (let rest = crc32(text); checksum.length < 6; rest = Math.floor(rest / 62))
    checksum = base62[rest % 62] + checksum;
  return text + checksum;
}

/**
 * Inserts accounts, repositories and access tokens into an index that has one registry. Returns the access tokens, which
 * belong to the first accounts, one each.
 */
export async function populate(database: Client): Promise<string[]> {
  // With the product's parameters, so that verifying a password takes as long.
  const passwordHash = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  await database.query(
    `insert into account (name, email, password_hash)
     select 'person' || n, 'person' || n || '@example.org', $1 from generate_series(1, ${size.accounts}) n`,
    [passwordHash],
  );
  await database.query(
    `insert into namespace (name, owner_id, origin)
     select name, id, 'import' from account where name like 'person%'`,
  );
  await database.query(
    `insert into repository (namespace_id, path, name, state, registry_id, registry_path, pushed_at)
     select namespace.id, namespace.name || '/app' || n, 'app' || n, 'active', registry.id,
            namespace.name || '/app' || n, now()
       from namespace, generate_series(1, ${size.repositories / size.accounts}) n, registry
      where namespace.name like 'person%'`,
  );
  const tokens = Array.from({ length: size.tokens }, personalToken);
  await database.query(
    `insert into access_token (account_id, label, secret_hash, permissions, repositories, last_used_at)
     select account.id, 'bench', given.hash, '{pull,push}', array[account.name || '/*'], now()
       from unnest($1::bytea[]) with ordinality given(hash, n) join account on account.name = 'person' || given.n`,
    [tokens.map((token) => createHash('sha256').update(token).digest())],
  );
  await database.query('analyze');
  return tokens;
}
