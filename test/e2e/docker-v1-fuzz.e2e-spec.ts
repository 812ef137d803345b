import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { AccessTokensService, AccountsService, anonymous, type Identity } from '@central-index/accounts';
import { ImagesService } from '@central-index/docker-v1';
import { DomainError } from '@central-index/platform/errors';
import { Database, sql } from '@central-index/platform/database';
import { TokenSigner, V1Tokens, type V1Access } from '@central-index/tokens';
import { readTarget } from '../../apps/server/src/docker-v1/v1-target';
import { Dice } from '../fuzz/token-requests';
import { IndexUnderTest } from '../support/index-under-test';
import { diagnostic } from '../support/jest';
import { addOfficial, promote, register } from '../support/token-fixtures';

// FUZZ_REQUESTS sets the number of requests, FUZZ_SEED repeats a run.
const requests = Number(process.env.FUZZ_REQUESTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

interface Known {
  readonly owner: string | undefined;
  readonly isPrivate: boolean;
  readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
  readonly at: 'classic' | 'modern';
  readonly automated?: boolean;
}

const active = { owner: 'alice', isPrivate: false, state: 'active', at: 'classic' } as const;
const repositories: Readonly<Record<string, Known>> = {
  'alice/app': active,
  'alice/secret': { ...active, isPrivate: true },
  'alice/away': { ...active, at: 'modern' },
  'alice/built': { ...active, automated: true },
  'alice/gone': { ...active, state: 'deleted' },
  'alice/orphan': { ...active, state: 'hidden' },
  'alice/waiting': { ...active, state: 'pending' },
  'alice/images': active,
  'alice/auth': { ...active, isPrivate: true },
  'bobby/app': { ...active, owner: 'bobby' },
  'bobby/secret': { ...active, owner: 'bobby', isPrivate: true },
  'library/alice': { ...active, owner: undefined },
  'library/centos': { ...active, owner: undefined },
};
const paths = [...Object.keys(repositories), 'alice/absent', 'library/absent'];
const accesses: readonly V1Access[] = ['read', 'write', 'delete'];

interface Caller {
  readonly name: string;
  readonly identity: Identity;
  readonly isAdministrator?: boolean;
  /** Of an access token: what it may do, and with which repositories. */
  readonly limits?: { readonly permissions: readonly string[]; readonly repositories: readonly string[] };
}

/** What a token is expected to open, written independently of the product's decision. */
function oracle({ name, isAdministrator, limits }: Caller, path: string, access: V1Access): boolean {
  const known = repositories[path];
  if (known === undefined || known.at !== 'classic' || known.state === 'deleted') return false;
  const isPublicRead =
    access === 'read' && !known.isPrivate && (known.state === 'active' || known.state === 'pending');
  if (isPublicRead) return true;
  const maintains = known.owner === undefined ? isAdministrator === true : known.owner === name;
  // An administrator deletes what all callers see.
  const manages =
    access === 'delete' && isAdministrator === true && !known.isPrivate && known.state === 'active';
  if (!maintains && !manages) return false;
  if (access === 'write' && known.automated === true) return false;
  if (limits === undefined) return true;
  const needed = { read: 'pull', write: 'push', delete: 'delete' }[access];
  const covers = limits.repositories.some(
    (pattern) => pattern === path || pattern === `${path.split('/')[0]}/*`,
  );
  return limits.permissions.includes(needed) && covers;
}

async function build(index: IndexUnderTest): Promise<Caller[]> {
  for (const name of ['alice', 'bobby', 'olga']) await index.signUp(name);
  await promote(index, 'olga');
  const ids = {
    classic: await register(index, { name: 'classic', url: 'http://localhost:23391', kind: 'v1' }),
    modern: await register(index, { name: 'modern', url: 'http://localhost:23392' }),
  };
  const database = index.app.get(Database);
  for (const [path, { state, isPrivate, automated, at }] of Object.entries(repositories)) {
    const [namespace, name] = path.split('/') as [string, string];
    if (namespace === 'library') await addOfficial(index, name);
    await database.query(
      sql(`insert into repository
         (namespace_id, path, name, state, visibility, automated, registry_id, registry_path, pushed_at, deleted_at)
       select id, $2, $3, $4, $5, $6, $7, $2, now(), case when $4 = 'deleted' then now() end
         from namespace where name = $1
       on conflict (path) do update set state = $4, registry_id = $7, registry_path = $2, pushed_at = now()`),
      [namespace, path, name, state, isPrivate ? 'private' : 'public', automated ?? false, ids[at]],
    );
  }
  return callersOf(index);
}

async function callersOf(index: IndexUnderTest): Promise<Caller[]> {
  const accounts = index.app.get(AccountsService);
  const tokens = index.app.get(AccessTokensService);
  const callers: Caller[] = [{ name: '', identity: anonymous }];
  for (const name of ['alice', 'bobby', 'olga']) {
    const credentials = { name, secret: `a long password of ${name}`, address: '127.0.0.1' };
    const identity = await accounts.authenticate(credentials);
    const isAdministrator = name === 'olga';
    callers.push({ name, identity, isAdministrator });
    for (const limits of [
      { permissions: ['pull'], repositories: [`${name}/*`] },
      { permissions: ['push', 'delete'], repositories: ['alice/app', 'library/centos'] },
    ] as const) {
      const made = { label: 'fuzz', ...limits, expiresAt: null };
      const { secret } = await tokens.create(identity, made, '127.0.0.1');
      const limited = await accounts.authenticate({ ...credentials, secret });
      callers.push({ name, identity: limited, isAdministrator, limits });
    }
  }
  return callers;
}

/** A token as it was issued: nothing is decided then. */
interface Issued {
  readonly caller: Caller;
  readonly path: string;
  readonly access: V1Access;
  readonly value: string;
}

describe('fuzzed tokens and names of the v1 protocol', () => {
  let index: IndexUnderTest;
  let issued: Issued[];
  let foreign: string[];

  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    const callers = await build(index);
    const tokens = index.app.get(V1Tokens, { strict: false });
    issued = [];
    for (const caller of callers) {
      for (const path of paths) {
        for (const access of accesses) {
          const value = await tokens.issue(caller.identity, path, access, 3_600);
          issued.push({ caller, path, access, value });
        }
      }
    }
    const signer = index.app.get(TokenSigner, { strict: false });
    const grant = { registry: undefined, subject: 'alice', ttl: 3_600 };
    const access = [{ type: 'v1-repository', name: 'alice/app', actions: ['read'] }];
    foreign = [
      (await signer.sign({ ...grant, audience: 'central-index', access })).token,
      (await signer.sign({ ...grant, audience: 'modern', access })).token,
      (await signer.sign({ ...grant, audience: ':v1', access: [{ ...access[0]!, type: 'repository' }] }))
        .token,
    ];
  }, 300_000);
  afterAll(() => index.stop());

  it(`open only what an independent oracle allows (${requests} requests)`, async () => {
    diagnostic(`FUZZ_SEED=${seed}`);
    const dice = new Dice(seed);
    const images = index.app.get(ImagesService, { strict: false });
    const wrong: string[] = [];
    let granted = 0;
    const one = async (): Promise<void> => {
      const token = dice.pick(issued);
      const { authorization, isIntact } = spell(dice, token, issued, foreign);
      const written = spellPath(dice, !dice.oneIn(3) ? token.path : dice.pick(paths));
      const opened = await open(images, authorization, written);
      if (opened !== undefined) granted += 1;
      const expected =
        isIntact && opened === token.path ? oracle(token.caller, token.path, token.access) : false;
      if ((opened !== undefined) !== expected && !(opened === undefined && !isIntact)) {
        wrong.push(`${authorization.slice(-60)} ${written} => ${opened}, expected ${expected}`);
      }
      // What the oracle allows must open, where path and token are as issued.
      if (isIntact && written === `${token.path}/images` && oracle(token.caller, token.path, token.access)) {
        if (opened !== token.path) wrong.push(`refused: ${token.caller.name} ${token.path} ${token.access}`);
      }
    };
    for (let done = 0; done < requests; done += 20) {
      await Promise.all(Array.from({ length: Math.min(20, requests - done) }, one));
      if (wrong.length > 10) break;
    }
    assert.deepEqual(wrong, []);
    assert.ok(granted > requests / 50, `only ${granted} were granted`);
    diagnostic(`${granted} of ${requests} were granted, 0 wrongly`);
  }, 1_200_000);
});

/** The path that the token opened; undefined if it opened none. */
async function open(
  images: ImagesService,
  authorization: string,
  written: string,
): Promise<string | undefined> {
  try {
    const { name } = readTarget('GET', `/v1/repositories/${written}`);
    await images.identify(authorization, name);
    return name.path;
  } catch (error) {
    if (error instanceof DomainError && error.status < 500) return undefined;
    throw error;
  }
}

function spell(
  dice: Dice,
  token: Issued,
  issued: readonly Issued[],
  foreign: readonly string[],
): { authorization: string; isIntact: boolean } {
  const { value } = token;
  const signature = /(?<=signature=)[^,]+/.exec(value)![0];
  const intact = [`Token ${value}`, `Token Token ${value}`, `token ${value.replaceAll('"', '')}`];
  if (dice.oneIn(2)) return { authorization: dice.pick(intact), isIntact: true };
  const other = dice.pick(issued);
  // Not the last character, some of whose bits mean nothing.
  const at = dice.roll(signature.length - 1);
  const changed = signature[at] === 'A' ? 'B' : 'A';
  const forged = [
    value.replace(signature, signature.slice(0, at) + changed + signature.slice(at + 1)),
    value.replace(signature, signature.slice(0, at)),
    value.replace(signature, dice.pick(foreign)),
    `${value},access=${dice.pick(accesses)}`,
    `${value},repository="${other.path}"`,
    value.replace('signature=', 'signatures='),
    value.replace(/"/g, "'"),
    `${value.replace(signature, '')}`,
    ...(other.path === token.path ? [] : [value.replace(`"${token.path}"`, `"${other.path}"`)]),
    ...(other.access === token.access
      ? []
      : [value.replace(`access=${token.access}`, `access=${other.access}`)]),
  ];
  return { authorization: `Token ${dice.pick(forged)}`, isIntact: false };
}

function spellPath(dice: Dice, path: string): string {
  const short = path.replace(/^library\//, '');
  return dice.pick([
    `${path}/images`,
    `${path}/images`,
    `${path}/images/`,
    `${short}/images`,
    `${path}/tags`,
    `${path.toUpperCase()}/images`,
    `${path.replace('/', '%2F')}/images`,
    `${path.replace('a', '%61')}/images`,
    `${path}//images`,
    `./${path}/images`,
    `${path}/../app/images`,
    `${path};x/images`,
  ]);
}
