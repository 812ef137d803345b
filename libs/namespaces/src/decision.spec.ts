import type { Account, Identity, Permission } from '@central-index/accounts';
import { parseRepositoryName } from '@central-index/naming';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { decide, type Action, type Reason, type RepositoryFacts } from './decision';

const account = (id: string, name: string, more: Partial<Account> = {}): Account => ({
  id,
  name,
  email: null,
  emailVerified: false,
  administrator: false,
  disabled: false,
  createdAt: new Date(0),
  ...more,
});
const by = (who: Account): Identity => ({ kind: 'account', account: who, via: 'password' });
const alice = account('1', 'alice');

// The owner is alice: every name is in alice's namespace but the official and the unowned ones.
const identities = {
  anonymous: { kind: 'anonymous' },
  other: by(account('2', 'bob')),
  owner: by(alice),
  administrator: by(account('3', 'olga', { administrator: true })),
  disabled: by({ ...alice, disabled: true, administrator: true }),
} satisfies Record<string, Identity>;

const facts = (
  text: string,
  repository?: Partial<NonNullable<RepositoryFacts['repository']>>,
  ownerId: string | null | undefined = '1',
): RepositoryFacts => {
  const name = parseRepositoryName(text)!;
  return {
    name,
    namespace: name.official ? { ownerId: null } : ownerId === undefined ? undefined : { ownerId },
    repository: repository && { state: 'active', visibility: 'public', automated: false, ...repository },
  };
};

const kinds = {
  absent: facts('alice/app'),
  'absent, unowned namespace': facts('alice/app', undefined, null),
  'absent, no namespace': { ...facts('alice/app'), namespace: undefined },
  'absent official': facts('centos'),
  pending: facts('alice/app', { state: 'pending' }),
  'pending private': facts('alice/app', { state: 'pending', visibility: 'private' }),
  public: facts('alice/app', {}),
  private: facts('alice/app', { visibility: 'private' }),
  hidden: facts('alice/app', { state: 'hidden' }),
  'hidden private': facts('alice/app', { state: 'hidden', visibility: 'private' }),
  deleted: facts('alice/app', { state: 'deleted' }),
  'deleted private': facts('alice/app', { state: 'deleted', visibility: 'private' }),
  automated: facts('alice/app', { automated: true }),
  'automated private': facts('alice/app', { automated: true, visibility: 'private' }),
  'deleted automated': facts('alice/app', { automated: true, state: 'deleted' }),
  'unowned imported': facts('alice/app', {}, null),
  official: facts('centos', {}),
  'official as library/x': facts('library/centos', {}),
  'official hidden': facts('centos', { state: 'hidden' }),
  'official removed': facts('centos', { state: 'deleted' }),
} satisfies Record<string, RepositoryFacts>;

const letters: Readonly<Record<Action, string>> = {
  pull: 'L',
  push: 'U',
  delete: 'D',
  view: 'S',
  star: 'T',
  metadata: 'M',
  manage: 'X',
};
const actions = Object.keys(letters) as Action[];

// puLl, pUsh, Delete, view (S), sTar, Metadata, manage (X); a dash is a denial.
const matrix = `
                            anonymous  other    owner    administrator  disabled
absent                      -------    -------  LU---M-  -------        -------
absent, unowned namespace   -------    -------  -------  -------        -------
absent, no namespace        -------    -------  -------  -------        -------
absent official             -------    -------  -------  -------        -------
pending                     L------    L------  LUDS-MX  L------        -------
pending private             -------    -------  LUDS-MX  -------        -------
public                      L--S---    L--ST--  LUDSTMX  L--ST-X        -------
private                     -------    -------  LUDSTMX  -------        -------
hidden                      -------    -------  LUDS-MX  -------        -------
hidden private              -------    -------  LUDS-MX  -------        -------
deleted                     -------    -------  -U-----  -------        -------
deleted private             -------    -------  -U-----  -------        -------
automated                   L--S---    L--ST--  L-DSTMX  L--ST-X        -------
automated private           -------    -------  L-DSTMX  -------        -------
deleted automated           -------    -------  -U-----  -------        -------
unowned imported            L--S---    L--ST--  L--ST--  L--ST-X        -------
official                    L--S---    L--ST--  L--ST--  LUDSTMX        -------
official as library/x       L--S---    L--ST--  L--ST--  LUDSTMX        -------
official hidden             -------    -------  -------  LUDS-MX        -------
official removed            -------    -------  -------  -------        -------
`;

function allowed(identity: Identity, about: RepositoryFacts): string {
  return actions.map((action) => (decide(identity, action, about).allowed ? letters[action] : '-')).join('');
}

function reason(identity: Identity, action: Action, about: RepositoryFacts): Reason | undefined {
  const decision = decide(identity, action, about);
  return decision.allowed ? undefined : decision.reason;
}

describe('decide', () => {
  const [head, ...rows] = matrix.trim().split('\n');
  const columns = head!.trim().split(/\s+/) as (keyof typeof identities)[];

  it('has a row for every kind and a column for every identity', () => {
    assert.deepEqual(columns, Object.keys(identities));
    assert.deepEqual(
      rows.map((row) => row.split(/ {2,}/)[0]),
      Object.keys(kinds),
    );
  });

  for (const row of rows) {
    const [kind, ...cells] = row.split(/ {2,}/);
    it(`decides about ${kind}`, () => {
      const got = columns.map((who) => allowed(identities[who], kinds[kind as keyof typeof kinds]));
      assert.deepEqual(got, cells);
    });
  }

  it('does not let other callers distinguish a private, hidden or deleted name from an absent one', () => {
    const concealed = Object.keys(kinds).filter((kind) =>
      /^(pending private|private|hidden|deleted)/.test(kind),
    );
    assert.equal(concealed.length, 7);
    for (const who of ['anonymous', 'other', 'administrator', 'disabled'] as const) {
      for (const kind of concealed as (keyof typeof kinds)[]) {
        for (const action of actions) {
          assert.deepEqual(
            decide(identities[who], action, kinds[kind]),
            decide(identities[who], action, kinds.absent),
            `${who} ${action} ${kind}`,
          );
        }
      }
    }
  });

  const reasons: [keyof typeof identities, Action, keyof typeof kinds, Reason][] = [
    ['disabled', 'pull', 'public', 'account-disabled'],
    ['anonymous', 'push', 'absent', 'sign-in-needed'],
    ['anonymous', 'star', 'public', 'sign-in-needed'],
    ['anonymous', 'pull', 'private', 'absent'],
    ['other', 'push', 'public', 'not-owner'],
    ['other', 'push', 'absent, no namespace', 'not-owner'],
    ['other', 'push', 'unowned imported', 'no-owner'],
    ['other', 'metadata', 'private', 'not-owner'],
    ['owner', 'push', 'automated', 'trusted-build'],
    ['owner', 'push', 'official', 'administrators-only'],
    ['owner', 'pull', 'deleted', 'absent'],
    ['owner', 'delete', 'absent', 'absent'],
    ['administrator', 'push', 'absent official', 'official-not-added'],
    ['administrator', 'metadata', 'absent official', 'official-not-added'],
    ['administrator', 'push', 'official removed', 'official-not-added'],
    ['administrator', 'push', 'public', 'not-owner'],
  ];
  for (const [who, action, kind, expected] of reasons) {
    it(`refuses ${who} to ${action} ${kind}: ${expected}`, () => {
      assert.equal(reason(identities[who], action, kinds[kind]), expected);
    });
  }
});

describe('decide, with an access token', () => {
  const token = (permissions: Permission[], repositories: string[], who = alice): Identity => ({
    kind: 'account',
    account: who,
    via: 'token',
    restrictions: { tokenId: '9', permissions, repositories },
  });
  const all: Permission[] = ['pull', 'push', 'delete', 'metadata'];

  // Permissions and patterns of alice's token, and which of LUDSTMX they leave for a public and a private repository.
  const limits: [Permission[], string[], string, string][] = [
    [all, ['alice/*'], 'LUDSTMX', 'LUDSTMX'],
    [all, ['*/*'], 'LUDSTMX', 'LUDSTMX'],
    [all, ['alice/app'], 'LUDSTMX', 'LUDSTMX'],
    [all, ['bob/*', '*/a*p'], 'LUDSTMX', 'LUDSTMX'],
    [['pull'], ['alice/*'], 'L--S---', 'L--S---'],
    [['push'], ['alice/*'], 'LU-S---', '-U-----'],
    [['delete'], ['alice/*'], 'L-DS--X', '--D---X'],
    [['metadata'], ['alice/*'], 'L--STM-', '---STM-'],
    [[], ['alice/*'], 'L--S---', '-------'],
    [all, [], 'L--S---', '-------'],
    [all, ['bob/*'], 'L--S---', '-------'],
    [all, ['alice/ap'], 'L--S---', '-------'],
    [all, ['alice'], 'L--S---', '-------'],
    [all, ['*'], 'L--S---', '-------'],
    [all, ['alice/app/*'], 'L--S---', '-------'],
    [all, ['library/*'], 'L--S---', '-------'],
    [all, ['alice/.pp'], 'L--S---', '-------'],
    [all, ['alice/app*app'], 'L--S---', '-------'],
  ];
  for (const [permissions, patterns, ofPublic, ofPrivate] of limits) {
    it(`leaves ${ofPublic} and ${ofPrivate} to [${permissions.join()}] on [${patterns.join()}]`, () => {
      const identity = token(permissions, patterns);
      assert.equal(allowed(identity, kinds.public), ofPublic);
      assert.equal(allowed(identity, kinds.private), ofPrivate);
    });
  }

  it('matches official repositories under library/x whatever their spelling', () => {
    const olga = account('3', 'olga', { administrator: true });
    assert.equal(allowed(token(all, ['library/*'], olga), kinds.official), 'LUDSTMX');
    assert.equal(allowed(token(all, ['centos'], olga), kinds.official), 'L--S---');
  });

  const anyKind = fc.constantFrom(...Object.values(kinds));
  const anyPattern = fc.constantFrom(
    'alice/*',
    'alice/app',
    '*/*',
    'bob/*',
    'library/*',
    'library/centos',
    '*',
  );
  it('never gives more than the account has', () => {
    const anyAccount = fc.constantFrom(
      alice,
      account('2', 'bob'),
      account('3', 'olga', { administrator: true }),
    );
    fc.assert(
      fc.property(
        anyAccount,
        anyKind,
        fc.subarray(all),
        fc.array(anyPattern),
        (who, kind, permissions, patterns) => {
          for (const action of actions) {
            if (!decide(token(permissions, patterns, who), action, kind).allowed) continue;
            assert.equal(decide(by(who), action, kind).allowed, true, action);
          }
        },
      ),
    );
  });

  it('never gives less than a caller without credentials has', () => {
    const anyAccount = fc.constantFrom(
      alice,
      account('2', 'bob'),
      account('3', 'olga', { administrator: true }),
    );
    fc.assert(
      fc.property(
        anyAccount,
        anyKind,
        fc.subarray(all),
        fc.array(anyPattern),
        (who, kind, permissions, patterns) => {
          for (const action of actions) {
            if (!decide(identities.anonymous, action, kind).allowed) continue;
            assert.equal(decide(token(permissions, patterns, who), action, kind).allowed, true, action);
          }
        },
      ),
    );
  });

  it('keeps * inside one component, like an independent matcher', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(piece, name, (pattern, repository) => {
        const oracle = new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`).test(repository);
        const about = facts(`alice/${repository}`, { visibility: 'private' });
        assert.equal(decide(token(all, [`alice/${pattern}`]), 'pull', about).allowed, oracle);
      }),
      { numRuns: 2000 },
    );
  });
});
