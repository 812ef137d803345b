import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { isOldDocker, isV1Only } from './old-docker';

describe('clients that know the v1 protocol only', () => {
  it.each([
    ['docker/1.0.0 go/go1.2.1 git-commit/63fe64c kernel/3.8 os/linux arch/amd64', true],
    ['docker/1.5.0 go/go1.4.2 git-commit/a8a31ef', true],
    ['docker/1.6.2 go/go1.4.2', true],
    ['docker/1.9.1 go/go1.4.2', true],
    ['docker/1.10.3 go/go1.5.3', true],
    ['Go 1.1 package http', true],
    ['docker/1.11.0 go/go1.5.4', false],
    ['docker/1.12.6 go/go1.6.4', false],
    ['docker/1.13.1 go/go1.7.5', false],
    ['docker/17.03.0-ce go/go1.7.5', false],
    ['docker/28.2.2 go/go1.24', false],
    ['Go-http-client/1.1', false],
    ['Go 1.1 package http/2', false],
    ['not docker/1.5.0', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (agent, expected) => assert.equal(isOldDocker(agent), expected));

  it('are those of the list, which may extend the default or replace it', () => {
    const old = 'docker/1.6.2 go/go1.4.2';
    assert.equal(isV1Only(old, ['default']), true);
    assert.equal(isV1Only(old, []), false);
    assert.equal(isV1Only('docker/1.11.2 go', ['default', 'docker/1.11.']), true);
    assert.equal(isV1Only(old, ['docker/1.11.']), false);
    assert.equal(isV1Only(undefined, ['default', 'docker/']), false);
  });
});
