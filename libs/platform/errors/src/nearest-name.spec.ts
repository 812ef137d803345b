import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { nearestName } from './nearest-name';

const list = ['per_page', 'cursor'];
const search = [
  'q',
  'page',
  'per_page',
  'cursor',
  'official',
  'automated',
  'stars',
  'namespace',
  'sort',
  'explain',
];
const repository = ['name', 'description', 'readme', 'visibility'];
const signUp = ['username', 'email', 'password', 'invite'];

describe('the nearest name', () => {
  const table: [unknown: string, known: readonly string[], nearest: string | undefined][] = [
    ['limit', list, 'per_page'],
    ['n', list, 'per_page'],
    ['perPage', list, 'per_page'],
    ['per-page', list, 'per_page'],
    ['PER_PAGE', list, 'per_page'],
    ['perpage', list, 'per_page'],
    ['pre_page', list, 'per_page'],
    ['page_size', list, 'per_page'],
    ['after', list, 'cursor'],
    ['corsor', list, 'cursor'],
    ['next', list, 'cursor'],
    ['offset', list, 'cursor'],
    ['offset', search, 'page'],
    ['query', search, 'q'],
    ['is_official', search, 'official'],
    ['order', search, 'sort'],
    ['ofical', search, 'official'],
    ['private', repository, 'visibility'],
    ['full_description', repository, 'readme'],
    ['desciption', repository, 'description'],
    ['Visibilty', repository, 'visibility'],
    ['user', signUp, 'username'],
    ['userName', signUp, 'username'],
    ['login', signUp, 'username'],
    ['mail', signUp, 'email'],
    ['colour', signUp, undefined],
    ['x', search, undefined],
    ['limit', [], undefined],
    ['constructor', list, undefined],
  ];
  for (const [unknown, known, nearest] of table) {
    it(`to ${unknown} is ${nearest ?? 'none'}`, () => assert.equal(nearestName(unknown, known), nearest));
  }

  it('is a known one, or none, for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const nearest = nearestName(text, search);
        assert.ok(nearest === undefined || search.includes(nearest));
      }),
    );
  });
});
