import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readEnvelope } from './envelope';

const v1 = 'application/vnd.docker.distribution.events.v1+json';
const v2 = 'application/vnd.docker.distribution.events.v2+json';
const envelope = (...events: unknown[]): Buffer => Buffer.from(JSON.stringify({ events }));

describe('an event envelope', () => {
  it('gives each event with its own id, under both media types', () => {
    for (const type of [v1, v2, `${v2}; charset=utf-8`]) {
      const events = readEnvelope(envelope({ id: 'a', action: 'push' }, { id: 'b' }), type);
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
    ['no JSON', Buffer.from('{"events":[{"id":"a"'), v1],
    ['broken UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), v1],
    ['nothing', Buffer.alloc(0), v1],
    ['null', Buffer.from('null'), v1],
    ['no events', Buffer.from('{}'), v1],
    ['events that are no list', Buffer.from('{"events":{}}'), v1],
    ['too many events', envelope(...Array.from({ length: 5001 }, (_, n) => ({ id: String(n) }))), v1],
    ['an event that is null', envelope(null), v1],
    ['an event without id', envelope({ action: 'push' }), v1],
    ['an empty id', envelope({ id: '' }), v1],
    ['a number as id', envelope({ id: 7 }), v1],
    ['U+0000 in an id', envelope({ id: 'a\0' }), v1],
    ['an endless id', envelope({ id: 'a'.repeat(201) }), v1],
  ];
  for (const [what, body, type] of unreadable) {
    it(`with ${what} is parked under the hash of what came`, () => {
      const [only, ...more] = readEnvelope(body, type);
      assert.match(only!.eventId, /^sha256:[0-9a-f]{64}$/);
      assert.ok(only!.parked);
      assert.deepEqual(more, []);
      assert.equal(readEnvelope(body, type)[0]!.eventId, only!.eventId);
    });
  }

  it('never throws and never loses an event, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (events) => {
        assert.equal(readEnvelope(envelope(...events), v1).length, events.length);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, type) => {
        assert.equal(readEnvelope(Buffer.from(bytes), type).length, 1);
      }),
    );
  });
});
