import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { parseQuery } from '../query/query';
import { rank, score, textClass } from './scorer';
import { textClasses, type TextClass } from './text-classes';
import type { SearchDocument } from '../engine/search-document';
import { popularity, prominence, weights } from './weights';

let lastId = 0;
function found(
  path: string,
  facts: { stars?: number; pulls?: number; description?: string } = {},
): SearchDocument {
  const [namespace = '', name = ''] = path.includes('/') ? path.split('/') : ['library', path];
  const { stars = 0, pulls = 0, description = '' } = facts;
  const official = namespace === 'library';
  lastId += 1;
  return {
    id: String(lastId),
    namespace,
    name,
    official,
    automated: false,
    kinds: [],
    platforms: [],
    private: false,
    description,
    imageText: '',
    stars,
    pulls,
    popularity: popularity({ stars, uniquePulls: pulls, official, description }),
    updatedAt: new Date(0),
    pushedAt: null,
    version: 1,
  };
}

const full = ({ namespace, name, official }: SearchDocument): string =>
  official ? name : `${namespace}/${name}`;
const order = (typed: string, ...documents: SearchDocument[]): string[] =>
  rank(parseQuery(typed), documents).map(full);

describe('text class', () => {
  const rows: [query: string, path: string, expected: TextClass][] = [
    ['mysql', 'mysql/mysql-server', 'namespaceExact'],
    ['mysql', 'mysql/mysql', 'namespaceExact'],
    ['mysql/', 'mysql/tools', 'namespaceExact'],
    ['mysql', 'bitnami/mysql', 'nameExact'],
    ['mysql', 'mysql', 'nameExact'],
    ['mysql', 'bitnami/mysqld-exporter', 'namePrefix'],
    ['bob/mysql', 'bob/mysql-server', 'namePrefix'],
    ['mysql', 'mysql-tools/backup', 'wordInNamespace'],
    ['mysql', 'alice/my-mysql', 'wordInName'],
    ['alice mysql', 'alice/my-mysql', 'wordInName'],
    ['mysql', 'mariadb', 'description'],
    ['mysql backup', 'alice/mysql', 'description'],
    ['mysqlbackup', 'alice/mysql-backup', 'wordInName'],
    ['my sql', 'bitnami/mysql', 'wordInName'],
    ['my sql', 'my/sql-tools', 'wordInName'],
    ['backup my sql', 'alice/mysql-backup', 'wordInName'],
    ['alice/mysql', 'alice/backup', 'namedNamespace'],
    ['chef', 'alice/docker-chefdk', 'secondary'],
    ['mysql', 'alice/backup', 'description'],
    ['library', 'mariadb', 'secondary'],
    ['sql', 'alice/mysql', 'secondary'],
    ['mýsql', 'alice/mysql', 'secondary'],
  ];
  for (const [query, path, expected] of rows) {
    it(`${query} finds ${path} by ${expected}`, () => {
      const description = expected === 'description' ? query : '';
      assert.equal(textClass(parseQuery(query), found(path, { description })), expected);
    });
  }
});

describe('score', () => {
  it('adds text and popularity', () => {
    const document = found('bitnami/mysql', { stars: 90, pulls: 1_000_000 });
    const expected = 8 + 1.44 * Math.log(91) + 0.7 * Math.log(1001);
    assert.ok(Math.abs(score(parseQuery('mysql'), document) - expected) <= 0.011);
  });

  it('counts months of pulls by one machine like one star, and pulls by many users for more', () => {
    const popularities = [0, 1, 3200, 1_000_000].map((uniquePulls) =>
      popularity({ stars: 0, uniquePulls, official: false, description: '' }),
    );
    const [none, once, machine, many] = popularities as [number, number, number, number];
    const star = popularity({ stars: 1, uniquePulls: 0, official: false, description: '' });
    const tenStars = popularity({ stars: 10, uniquePulls: 0, official: false, description: '' });
    assert.deepEqual([none, once], [0, 0]);
    assert.ok(machine > 0.9 * star && machine <= 1.02 * star, `${machine}`);
    assert.ok(many > tenStars, `${many}`);
  });

  it('counts both fields of ns/name', () => {
    const query = parseQuery('alice/web');
    assert.equal(
      score(query, found('alice/webapp')) - score(query, found('bob/webapp')),
      textClasses.namedNamespace.weight + textClasses.namePrefix.weight - textClasses.secondary.weight,
    );
    const words = found('alice/tools', { description: 'for the web' });
    assert.equal(score(query, words), textClasses.namedNamespace.weight + words.popularity);
    assert.equal(score(parseQuery('alice/alice'), found('bob/alice')), textClasses.nameExact.weight);
  });

  it('scores an official repository by the field that matches', () => {
    const document = found('mariadb', { description: 'a fork of mysql' });
    const { officialByName, officialByDescription, described } = weights;
    const nameExact = textClasses.nameExact.weight;
    assert.equal(score(parseQuery('mariadb'), document), nameExact + officialByName + described);
    assert.ok(Math.abs(score(parseQuery('mysql'), document) - officialByDescription - described) < 1e-9);
  });

  it('counts a description once, and not for prominence', () => {
    const query = parseQuery('mysql');
    const documents = ['', ' \n', 'x', 'mysql '.repeat(50)].map((description) =>
      found('bob/mysql', { stars: 4, description }),
    );
    const bare = score(query, documents[0]!);
    assert.deepEqual(
      documents.map((document) => Math.round((score(query, document) - bare) * 1000)),
      [0, 0, 3000, 3000],
    );
    assert.equal(new Set(documents.map((document) => prominence(document).toFixed(2))).size, 1);
  });
});

describe('rank', () => {
  it('shows the official repository of that name first, however popular others are', () => {
    const popular = found('centos/centos', { stars: 100_000, pulls: 1e9 });
    assert.deepEqual(order('centos', popular, found('centos')), ['centos', 'centos/centos']);
    assert.deepEqual(order('library/CentOS:7', popular, found('centos')), ['centos', 'centos/centos']);
  });

  it('shows ns/name first', () => {
    const popular = found('mysql', { stars: 10_000 });
    assert.deepEqual(order('bob/mysql', popular, found('bob/mysql')), ['bob/mysql', 'mysql']);
  });

  it('lets stars outweigh a heavier class', () => {
    const starred = found('percona/mysql-fork', { stars: 500 });
    assert.deepEqual(order('mysql', found('bob/mysql'), starred), ['percona/mysql-fork', 'bob/mysql']);
  });

  it('does not depend on the order of candidates nor on other candidates', () => {
    const documents = ['app', 'a/app', 'b/app', 'app/b', 'c/apps', 'd/my-app', 'e/e', 'f/app'].map(
      (path, index) => found(path, { stars: index % 3 }),
    );
    const expected = rank(parseQuery('app'), documents);
    fc.assert(
      fc.property(fc.shuffledSubarray(documents), (some) => {
        assert.deepEqual(
          rank(parseQuery('app'), some),
          expected.filter((document) => some.includes(document)),
        );
      }),
    );
  });
});
