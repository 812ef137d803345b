import { changeEvent } from '../support/registry-event-bodies';

const envelope = 'application/vnd.docker.distribution.events.v1+json';
const origin = 'http://127.0.0.1:9';
const digest = `sha256:${'a'.repeat(64)}`;
const change = {
  action: 'push',
  path: 'alice/app',
  method: 'PUT',
  actor: 'alice',
  origin,
  digest,
  tag: 'latest',
};
const event = {
  ...changeEvent('2.8', { ...change, mediaType: 'application/vnd.oci.image.manifest.v1+json' }),
  timestamp: '2026-01-01T00:00:00Z',
};
const pull = {
  id: 'pull',
  timestamp: '2026-01-01T00:00:00Z',
  action: 'pull',
  target: {
    repository: 'alice/app',
    digest,
    tag: 'latest',
    url: `${origin}/v2/alice/app/manifests/latest`,
  },
  request: { addr: '192.0.2.1:5', method: 'GET', useragent: 'docker' },
  actor: { name: 'alice' },
};

/** An event of zot. */
export const cloudEvent = {
  specversion: '1.0',
  id: 'x',
  source: 'zot',
  type: 'zotregistry.image.updated',
  time: '2026-01-01T00:00:00Z',
  data: { name: 'alice/app', reference: 'latest', digest, mediaType: 'x', manifest: '{}' },
};

/** Notifications that a registry may send, with their media types. */
export const hookBodies: readonly (readonly [string, object])[] = [
  [envelope, { events: [event, pull] }],
  ['application/cloudevents+json', cloudEvent],
];
