import type { Registry, RegistryAccess } from '@central-index/registries';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { InternalTokens } from './internal-tokens';
import type { TokenSigner } from './token-signer';
import type { V1Tokens } from './v1-tokens.service';
import { restoreDate, setDate } from '../../../test/support/jest';

describe('tokens of the index itself', () => {
  let signed: number;
  let tokens: InternalTokens;
  beforeEach(() => {
    signed = 0;
    const sign = () => Promise.resolve({ token: `token ${(signed += 1)}` });
    tokens = new InternalTokens({ sign } as unknown as TokenSigner, {} as V1Tokens);
  });
  const main = { id: '1', service: 'main' } as Registry;
  const to = (name: string, ...actions: string[]): RegistryAccess[] => [
    { type: 'repository', name, actions },
  ];

  it('are shared by requests for the same access, and by no others', async () => {
    const first = await tokens.token(main, to('alice/app', 'pull'));
    assert.equal(await tokens.token(main, to('alice/app', 'pull')), first);
    const others = [
      await tokens.token(main, to('alice/app', 'pull', 'delete')),
      await tokens.token(main, to('alice/other', 'pull')),
      await tokens.token({ ...main, service: 'not main' }, to('alice/app', 'pull')),
      await tokens.token({ ...main, id: '2' }, to('alice/app', 'pull')),
    ];
    assert.equal(new Set([first, ...others]).size, 5);
  });

  afterEach(restoreDate);

  it('are not shared shortly before they expire', async () => {
    setDate(1_000_000);
    const first = await tokens.token(main, to('alice/app', 'pull'));
    setDate(1_019_000);
    assert.equal(await tokens.token(main, to('alice/app', 'pull')), first);
    setDate(1_021_000);
    assert.notEqual(await tokens.token(main, to('alice/app', 'pull')), first);
  });

  it('are evicted when there are many, the oldest first', async () => {
    for (let n = 0; n < 2_000; n += 1) await tokens.token(main, to(`alice/app${n}`, 'pull'));
    assert.equal(signed, 2_000);
    await tokens.token(main, to('alice/app1999', 'pull'));
    assert.equal(signed, 2_000);
    await tokens.token(main, to('alice/app0', 'pull'));
    assert.equal(signed, 2_001);
  });
});
