import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { readEnvelope } from './envelope';

const v1 = 'application/vnd.docker.distribution.events.v1+json';
const v2 = 'application/vnd.docker.distribution.events.v2+json';
const envelope = (...events: unknown[]): Buffer => Buffer.from(JSON.stringify({ events }));

describe('an event envelope', () => {
  it('yields each event with its own id, under both media types', () => {
    for (const type of [v1, v2, `${v2}; charset=utf-8`]) {
      const events = readEnvelope(envelope({ id: 'a', action: 'push' }, { id: 'b' }), {
        'content-type': type,
      });
      assert.deepEqual(
        events.map(({ eventId, parked }) => [eventId, parked]),
        [
          ['a', undefined],
          ['b', undefined],
        ],
      );
      assert.deepEqual(JSON.parse(events[0]!.body.toString()), { id: 'a', action: 'push' });
    }
  });

  const unreadable: [string, Buffer, string | undefined][] = [
    ['another media type', envelope({ id: 'a' }), 'application/json'],
    ['no media type', envelope({ id: 'a' }), undefined],
    ['a body that is not JSON', Buffer.from('{"events":[{"id":"a"'), v1],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), v1],
    ['an empty body', Buffer.alloc(0), v1],
    ['null', Buffer.from('null'), v1],
    ['no events', Buffer.from('{}'), v1],
    ['events that are not a list', Buffer.from('{"events":{}}'), v1],
    ['too many events', envelope(...Array.from({ length: 5001 }, (_, n) => ({ id: String(n) }))), v1],
    ['an event that is null', envelope(null), v1],
    ['an event without id', envelope({ action: 'push' }), v1],
    ['an empty id', envelope({ id: '' }), v1],
    ['a number as id', envelope({ id: 7 }), v1],
    ['U+0000 in an id', envelope({ id: 'a\0' }), v1],
    ['an id of 201 characters', envelope({ id: 'a'.repeat(201) }), v1],
  ];
  for (const [what, body, type] of unreadable) {
    it(`with ${what} is parked under the hash of its body`, () => {
      const [only, ...more] = readEnvelope(body, { 'content-type': type });
      assert.match(only!.eventId, /^sha256:[0-9a-f]{64}$/);
      assert.ok(only!.parked);
      assert.deepEqual(more, []);
      assert.equal(readEnvelope(body, { 'content-type': type })[0]!.eventId, only!.eventId);
    });
  }

  it('never throws and never loses an event, whatever the body', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (events) => {
        assert.equal(readEnvelope(envelope(...events), { 'content-type': v1 }).length, events.length);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, type) => {
        assert.equal(readEnvelope(Buffer.from(bytes), { 'content-type': type }).length, 1);
      }),
    );
  });

  const data = {
    name: 'alice/app',
    reference: 'v1',
    digest: 'sha256:x',
    mediaType: 'y',
    manifest: 'z'.repeat(100_000),
    actor: { name: 'alice' },
  };
  const attributes = {
    specversion: '1.0',
    id: '7',
    source: 'zotregistry.dev',
    type: 'zotregistry.image.updated',
    time: '2026-01-31T12:00:00Z',
  };
  const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const inHeaders = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
  );
  const modes: [string, Buffer, Record<string, string>][] = [
    [
      'one event',
      bytes({ ...attributes, data }),
      { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    ],
    [
      'a list of events',
      bytes([{ ...attributes, data }]),
      { 'content-type': 'application/cloudevents-batch+json' },
    ],
    ['headers', bytes(data), { 'content-type': 'application/json', ...inHeaders }],
  ];
  for (const [mode, body, headers] of modes) {
    it(`of CloudEvents as ${mode} yields each event with source and id, and no manifest`, () => {
      const [only, ...more] = readEnvelope(body, headers);
      assert.deepEqual(more, []);
      assert.deepEqual([only!.eventId, only!.parked], ['zotregistry.dev 7', undefined]);
      const { manifest, ...stored } = data;
      assert.ok(manifest);
      const { source, ...rest } = attributes;
      assert.deepEqual(JSON.parse(only!.body.toString()), { ...rest, id: `${source} 7`, data: stored });
    });
  }

  it('of CloudEvents without source, id or data is parked', () => {
    for (const broken of [{ ...attributes, id: '' }, { ...attributes, source: 3 }, {}, null, 'x', []]) {
      const [only] = readEnvelope(bytes(broken), { 'content-type': 'application/cloudevents+json' });
      assert.ok(only!.parked, JSON.stringify(broken));
    }
    assert.ok(readEnvelope(bytes({}), { 'content-type': 'application/cloudevents-batch+json' })[0]!.parked);
  });

  it('parks an event that is nested too deeply, and reads the others', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const body = Buffer.from(
      `{"events":[{"id":"1"},{"id":"2","deep":${deep}},{"id":"3"},{"id":"4\\ud800"}]}`,
    );
    const events = readEnvelope(body, { 'content-type': v1 });
    assert.deepEqual(
      events.map(({ parked }) => parked),
      [undefined, 'an event nested too deeply', undefined, 'an event with an invalid id'],
    );
    assert.deepEqual(readEnvelope(body, { 'content-type': v1 }), events);
  });
});
