import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { pullCommand } from './pull-command';
import type { ImageKind } from './image-kind';

describe('the pull command', () => {
  const commands: [ImageKind, tag: string, command: string | null][] = [
    ['image', 'latest', 'docker pull r.example.org/alice/app'],
    ['image', 'v1', 'docker pull r.example.org/alice/app:v1'],
    ['index', 'v1', 'docker pull r.example.org/alice/app:v1'],
    ['plugin', 'latest', 'docker plugin install r.example.org/alice/app'],
    ['helm-chart', '1.2.3_build.1', 'helm pull oci://r.example.org/alice/app --version 1.2.3+build.1'],
    ['artifact', 'latest', 'oras pull r.example.org/alice/app:latest'],
    ['signature', 'v1', null],
    ['sbom', 'v1', null],
    ['attestation', 'v1', null],
  ];
  for (const [kind, tag, command] of commands) {
    it(`of ${kind} ${tag} is ${command ?? 'absent'}`, () => {
      assert.equal(pullCommand('r.example.org/alice/app', { tag, kind }), command);
    });
  }
});
