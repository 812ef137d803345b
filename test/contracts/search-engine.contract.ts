import fc from 'fast-check';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, beforeEach, describe, it } from '@jest/globals';
import type { SearchRequest } from '../../libs/search/src/search-page';
import { SearchService } from '../../libs/search/src/search.service';
import type { SearchDocument } from '../../libs/search/src/engine/search-document';
import {
  resultWindow,
  type SearchEngine,
  type SearchFilters,
} from '../../libs/search/src/engine/search-engine';
import { FilterCountsService } from '../../libs/search/src/filter-counts.service';
import { popularity } from '../../libs/search/src/ranking/weights';

/** An engine under test, and its fixtures. */
export interface EngineUnderTest {
  readonly engine: SearchEngine;
  /** Deletes all documents, creates repositories for new ones, and returns their ids in ascending order. */
  repositories(count: number): Promise<string[]>;
  close(): Promise<void>;
}

type Facts = Partial<Omit<SearchDocument, 'id' | 'namespace' | 'name' | 'popularity'>>;

/** The behaviour that is required of every search engine, tested through SearchService. */
export function searchEngineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(name, () => {
    let under: EngineUnderTest;
    let search: SearchService;
    let ids: string[];
    beforeAll(async () => {
      under = await open();
      search = new SearchService(under.engine);
    });
    beforeEach(async () => {
      ids = await under.repositories(40);
    });
    afterAll(() => under.close());

    const document = (path: string, facts: Facts = {}, id = ids.shift()!): SearchDocument => {
      const [namespace = '', repository = ''] = path.includes('/') ? path.split('/') : ['library', path];
      const official = namespace === 'library';
      const { stars = 0, pulls = 0, description = '' } = facts;
      return {
        id,
        namespace,
        name: repository,
        official,
        automated: false,
        private: false,
        kinds: [],
        platforms: [],
        description,
        imageText: '',
        stars,
        pulls,
        popularity: popularity({ stars, uniquePulls: pulls, official, description }),
        updatedAt: new Date('2026-01-01T00:00:00Z'),
        pushedAt: null,
        version: 1,
        ...facts,
      };
    };
    const put = (...documents: SearchDocument[]): Promise<void> => under.engine.put(documents);
    const find = async (q: string, request: Partial<SearchRequest> = {}): Promise<string[]> =>
      (await page(q, request)).items.map((item) => `${item.namespace}/${item.name}`);
    const page = async (q: string, request: Partial<SearchRequest> = {}) =>
      search.search({ q, page: 1, perPage: 25, viewer: { namespaces: [] }, ...request });

    it('finds by name, prefix of a name, namespace, word and description', async () => {
      await put(
        document('bitnami/redis'),
        document('alice/redis-exporter'),
        document('redis/stack'),
        document('bob/my-redis'),
        document('eve/cache', { description: 'Speaks the REDIS protocol.' }),
        document('eve/other', { description: 'predis' }),
      );
      assert.deepEqual(await find('redis'), [
        'redis/stack',
        'bitnami/redis',
        'alice/redis-exporter',
        'bob/my-redis',
        'eve/cache',
      ]);
    });

    it('finds documents that contain all words, in any field', async () => {
      await put(
        document('alice/node-base', { description: 'small' }),
        document('alice/node', { description: 'a base image' }),
        document('alice/base', { description: 'nothing else' }),
      );
      assert.deepEqual(await find('base node'), ['alice/node-base', 'alice/node']);
      assert.deepEqual(await find('alice base small'), ['alice/node-base']);
    });

    it('ranks what is in the namespace of `ns/name` before all others, names with the prefix first', async () => {
      await put(
        document('app', { stars: 20_000, pulls: 1e9, description: 'alice' }),
        document('bob/app', { stars: 9_000, description: 'of alice' }),
        document('alice/my-app', { stars: 30 }),
        document('alice/tools', { description: 'around the app' }),
        document('alice/big-apps', { imageText: 'app' }),
        document('alice/other', { stars: 9_000 }),
        document('alice/app-y'),
        document('alice/app'),
      );
      const expected = ['alice/app', 'alice/app-y', 'alice/my-app', 'alice/tools', 'alice/big-apps'];
      assert.deepEqual(await find('alice/app'), [...expected, 'library/app', 'bob/app']);
      for (const perPage of [1, 3, 5]) {
        assert.deepEqual(await find('alice/app', { perPage }), expected.slice(0, perPage));
      }
      assert.equal((await page('alice/app', { perPage: 1 })).total, 7);
    });

    it('finds joined and split words, in names and descriptions', async () => {
      await put(
        document('node', { description: 'Node.js is a JavaScript-based platform', stars: 13_000 }),
        document('postgres', { description: 'The PostgreSQL database', stars: 13_000 }),
        document('bitnami/rabbitmq'),
        document('prom/node-exporter', { stars: 9 }),
        document('phpmyadmin/phpmyadmin'),
        document('eve/php-my-admin'),
        document('eve/mail', { description: 'Sends e-mail' }),
      );
      const queries: [q: string, found: string[]][] = [
        ['nodejs', ['library/node']],
        ['rabbit mq', ['bitnami/rabbitmq']],
        ['rabbit-mq', ['bitnami/rabbitmq']],
        ['postgre sql', ['library/postgres']],
        ['nodeexporter', ['prom/node-exporter']],
        ['php my admin', ['phpmyadmin/phpmyadmin', 'eve/php-my-admin']],
        ['phpmyadmin', ['phpmyadmin/phpmyadmin', 'eve/php-my-admin']],
        ['myadmin', ['eve/php-my-admin']],
        ['email', ['eve/mail']],
        ['exporter prom node', ['prom/node-exporter']],
        ['rabbit sql', []],
        ['postgre mq', []],
      ];
      for (const [q, found] of queries) {
        for (const perPage of [1, 25])
          assert.deepEqual(await find(q, { perPage }), found.slice(0, perPage), q);
        assert.equal((await page(q)).total, found.length, q);
      }
    });

    it('finds words by the other spelling without accents, the exact one first', async () => {
      await put(
        document('alice/plain', { description: 'a cafe in the strasse' }),
        document('bob/accented', { description: 'a café in the Straße' }),
        document('eve/cafe'),
      );
      assert.deepEqual(await find('cafe'), ['eve/cafe', 'alice/plain', 'bob/accented']);
      assert.deepEqual(await find('CAFÉ'), ['bob/accented', 'alice/plain', 'eve/cafe']);
      assert.deepEqual(await find('cafè'), ['alice/plain', 'bob/accented', 'eve/cafe']);
      assert.deepEqual(await find('straße'), ['bob/accented', 'alice/plain']);
      assert.deepEqual(await find('strasse'), ['alice/plain', 'bob/accented']);
      assert.deepEqual(await find('café straße'), ['bob/accented', 'alice/plain']);
      assert.deepEqual(await find('cafe strasse', { perPage: 1 }), ['alice/plain']);
      assert.equal((await page('café', { perPage: 1 })).total, 3);
    });

    it('finds words that end in a combining mark, in any script', async () => {
      const words = ['हिन्दी', 'தமிழ்', 'বাংলা', 'မြန်မာ', 'ខ្មែរ', 'ไทย', 'മലയാളം', 'ಕನ್ನಡ'];
      await put(
        ...words.map((word, index) => document(`alice/app${index}`, { description: `x ${word}, y` })),
        document('bob/near', { description: 'हिन्द தமிழ বাংল' }),
      );
      for (const [index, word] of words.entries()) {
        assert.deepEqual(await find(word), [`alice/app${index}`], word);
      }
    });

    it('finds the beginnings of inner words of names, below whole words', async () => {
      await put(
        document('alice/chef'),
        document('bob/my-chef'),
        document('eve/docker-chefdk', { description: 'a kit' }),
        document('carol/chefs-knife'),
        document('dave/kitchen', { description: 'for a chef' }),
      );
      const all = ['alice/chef', 'carol/chefs-knife', 'bob/my-chef', 'dave/kitchen', 'eve/docker-chefdk'];
      assert.deepEqual(await find('chef'), all);
      assert.deepEqual(await find('chefd'), ['eve/docker-chefdk']);
      assert.deepEqual(await find('docker chefd'), ['eve/docker-chefdk']);
      assert.deepEqual(await find('ch'), ['carol/chefs-knife', 'alice/chef'].sort());
      assert.equal((await page('chef', { perPage: 1 })).total, 5);
    });

    it('finds what an image says of itself, below what the owner wrote', async () => {
      await put(
        document('alice/image', { imageText: 'Sells zebras', description: 'a shop' }),
        document('bob/owner', { description: 'Sells zebras' }),
        document('zebras/shop'),
      );
      assert.deepEqual(await find('zebras'), ['zebras/shop', 'bob/owner', 'alice/image']);
      assert.deepEqual(await find('sells zebras'), ['bob/owner', 'alice/image']);
      assert.deepEqual(await find('shop zebras'), ['zebras/shop', 'alice/image']);
    });

    it('finds names longer than 100 characters whole', async () => {
      const long = `${'long-name.'.repeat(20)}end`;
      await put(document(`alice/${long}`), document(`bob/${long}s`), document(`alice/${long.slice(0, 100)}`));
      assert.deepEqual(await find(`alice/${long}`, { perPage: 1 }), [`alice/${long}`]);
      assert.deepEqual(await find(`registry.example:5000/alice/${long}:v1`, { perPage: 1 }), [
        `alice/${long}`,
      ]);
      assert.deepEqual(await find(long), [`alice/${long}`, `bob/${long}s`]);
    });

    it('lists what passes the filters, or everything in an order, when nothing is searched for', async () => {
      await put(
        document('centos', { stars: 5, pulls: 1, pushedAt: new Date('2026-01-01') }),
        document('alice/app', { stars: 9, pulls: 7, pushedAt: new Date('2026-03-01') }),
        document('bob/chart', { kinds: ['helm-chart'], pulls: 9, pushedAt: new Date('2026-02-01') }),
        document('bob/imported', { automated: true }),
        document('eve/secret', { private: true, stars: 99, pushedAt: new Date('2026-04-01') }),
      );
      const list = (request: Partial<SearchRequest>) => find('', request);
      assert.deepEqual(await list({}), []);
      assert.deepEqual(await list({ filters: { official: true } }), ['library/centos']);
      assert.deepEqual(await list({ filters: { official: false } }), [
        'alice/app',
        'bob/chart',
        'bob/imported',
      ]);
      assert.deepEqual(await list({ filters: { namespace: 'bob' } }), ['bob/chart', 'bob/imported']);
      assert.deepEqual(await list({ filters: { kind: 'helm-chart' } }), ['bob/chart']);
      assert.deepEqual(await list({ filters: { stars: 6 } }), ['alice/app']);
      assert.deepEqual(await list({ filters: { automated: true } }), ['bob/imported']);
      const all = ['library/centos', 'alice/app', 'bob/chart', 'bob/imported'];
      const orders = { stars: [1, 0, 2, 3], pulls: [2, 1, 0, 3], pushed: [1, 2, 0, 3] } as const;
      for (const [sort, order] of Object.entries(orders)) {
        const expected = order.map((index) => all[index]);
        assert.deepEqual(await list({ sort: sort as keyof typeof orders }), expected, sort);
        const second = await page('', { sort: sort as keyof typeof orders, perPage: 2, page: 2 });
        assert.deepEqual([second.items.length, second.total], [2, 4], sort);
      }
      assert.deepEqual(await list({ sort: 'pushed', filters: { namespace: 'bob' } }), [
        'bob/chart',
        'bob/imported',
      ]);
      const own = { viewer: { namespaces: ['eve'] } };
      assert.deepEqual((await list({ sort: 'pushed', ...own }))[0], 'eve/secret');
      assert.deepEqual(await list({ filters: { namespace: 'eve' } }), []);
      assert.deepEqual(await list({ filters: { namespace: 'eve' }, ...own }), ['eve/secret']);
    });

    it('lists exactly the repositories of a namespace by `ns/`', async () => {
      await put(
        document('alice/b'),
        document('alice/a', { stars: 3 }),
        document('bob/alice'),
        document('alice2/a'),
      );
      assert.deepEqual(await find('alice/'), ['alice/a', 'alice/b']);
    });

    it('pins the exact name before any number of more popular names', async () => {
      const popular = Array.from({ length: 30 }, (_, index) =>
        document(`ns${index}/app`, { stars: 1000 + index }),
      );
      await put(...popular, document('app'), document('alice/app'));
      assert.equal((await find('app', { perPage: 1 }))[0], 'library/app');
      assert.equal((await find('docker.io/library/app:v1', { perPage: 5 }))[0], 'library/app');
      assert.equal((await find('alice/app', { perPage: 5 }))[0], 'alice/app');
    });

    it('finds official repositories by both spellings, and does not treat `library` as a word', async () => {
      await put(document('centos'), document('alice/centos'));
      assert.deepEqual(await find('library/centos'), await find('centos'));
      assert.deepEqual(await find('library'), []);
      assert.deepEqual(await find('library/'), ['library/centos']);
    });

    it('finds only official repositories by the prefix of a long word of their description', async () => {
      const description = 'A JavaScript platform';
      await put(document('node', { description }), document('bob/node', { description }));
      assert.deepEqual(await find('java'), ['library/node']);
      assert.deepEqual(await find('java platform'), ['library/node']);
      assert.deepEqual(await find('platf'), ['library/node']);
      assert.deepEqual(await find('javas platforms'), []);
    });

    it('finds Chinese text by parts of a sentence', async () => {
      await put(document('alice/gitlab', { description: '汉化的 GitLab 社区版' }));
      for (const q of ['社区', '版', '汉化', '社区版']) assert.deepEqual(await find(q), ['alice/gitlab'], q);
      assert.deepEqual(await find('区社'), []);
    });

    it('finds Chinese and Japanese words inside longer text, and no text without them', async () => {
      const texts = {
        日本語: 'Ubuntu Linuxの日本語環境です',
        镜像: '基于Alpine的小型镜像，每天更新',
        数据库: '分布式数据库集群与备份工具',
        服务器: '轻量级Web服务器程序',
        開発: 'Java開発用のコンテナ',
      };
      const words = Object.keys(texts);
      await put(
        ...Object.values(texts).map((description, index) => document(`alice/app${index}`, { description })),
        document('bob/near', { description: '服务 器服 据数 库 日本 本日語 像 発開' }),
      );
      for (const [index, word] of words.entries()) {
        assert.deepEqual(await find(word), [`alice/app${index}`], word);
      }
    });

    it('finds Traditional, Simplified and Japanese forms of a word by each other', async () => {
      const forms = [
        ['Java开发环境', 'Java開發環境', 'Java開発環境'],
        ['小型镜像仓库', '小型鏡像倉庫'],
        ['分布式数据库', '分散式數據庫'],
      ];
      const written = forms.map((texts) =>
        texts.map((description) => document('alice/app', { description })),
      );
      await put(...written.flat().map((one) => ({ ...one, namespace: `ns${one.id}` })));
      const queries = [
        ['开发', '開發', '開発'],
        ['镜像', '鏡像'],
        ['数据库', '數據庫'],
      ];
      for (const [index, words] of queries.entries()) {
        const expected = written[index]!.map(({ id }) => `ns${id}/app`);
        for (const word of words) assert.deepEqual((await find(word)).sort(), expected.sort(), word);
      }
    });

    it('shows and counts private repositories only for viewers of the namespace', async () => {
      await put(
        document('alice/secret-app', { private: true, description: 'hidden words', stars: 9 }),
        document('bob/app'),
      );
      const queries = [
        'alice/secret-app',
        'alice/',
        'alice',
        'secret-app',
        'secret',
        'secret-',
        'hidden words',
        'app',
      ];
      for (const q of queries) {
        for (const sort of ['relevance', 'stars', 'pulls', 'updated'] as const) {
          for (const namespaces of [[], ['bob']]) {
            const found = await page(q, { sort, viewer: { namespaces } });
            assert.ok(
              found.items.every((item) => !item.private),
              q,
            );
            assert.equal(found.total, found.items.length, q);
          }
        }
        const own = await find(q, { viewer: { namespaces: ['alice'] } });
        assert.ok(own.includes('alice/secret-app'), q);
      }
    });

    it('shows a viewer with patterns only the private repositories that match them', async () => {
      await put(
        document('alice/app-one', { private: true }),
        document('alice/app-two', { private: true }),
        document('alice/app_x', { private: true }),
        document('alicf/app-one', { private: true }),
        document('bob/app-open'),
      );
      const views: [patterns: string[], visible: string[]][] = [
        [['alice/app-one'], ['alice/app-one']],
        [['*/app-*'], ['alice/app-one', 'alice/app-two']],
        [['alice/app_*'], ['alice/app_x']],
        [['ali*/*o*'], ['alice/app-one', 'alice/app-two']],
        [['alice/app', 'bob/*', 'alicf/*', 'a*one'], []],
        [[], []],
      ];
      for (const [patterns, own] of views) {
        const viewer = { namespaces: ['alice'], patterns };
        for (const request of [{}, { sort: 'updated' as const }, { filters: { namespace: 'alice' } }]) {
          const expected = request.filters ? own : [...own, 'bob/app-open'];
          const found = await page('app', { viewer, ...request });
          const names = found.items.map(({ namespace, name }) => `${namespace}/${name}`).sort();
          assert.deepEqual(names, expected, JSON.stringify([patterns, request]));
          assert.equal(found.total, expected.length);
        }
        const suggested = await new SearchService(under.engine).suggest('app', viewer, { limit: 9 });
        assert.deepEqual(suggested.items.map(({ namespace, name }) => `${namespace}/${name}`).sort(), [
          ...own,
          'bob/app-open',
        ]);
      }
    });

    it('applies filters', async () => {
      await put(
        document('app'),
        document('alice/app', { stars: 5, automated: true }),
        document('bob/app', { stars: 4 }),
      );
      assert.deepEqual(await find('app', { filters: { official: true } }), ['library/app']);
      assert.deepEqual(await find('app', { filters: { official: false } }), ['alice/app', 'bob/app']);
      assert.deepEqual(await find('app', { filters: { automated: true } }), ['alice/app']);
      assert.deepEqual(await find('app', { filters: { automated: false, stars: 4 } }), ['bob/app']);
      assert.deepEqual(await find('app', { filters: { stars: 5 } }), ['alice/app']);
      assert.deepEqual(await find('app', { filters: { namespace: 'bob' } }), ['bob/app']);
      assert.equal((await page('app', { filters: { official: false } })).total, 2);
      await put(
        document('carol/app', { kinds: ['helm-chart', 'image'] }),
        document('dave/app', { kinds: ['image'] }),
      );
      assert.deepEqual(await find('app', { filters: { kind: 'helm-chart' } }), ['carol/app']);
      assert.deepEqual(await find('app', { filters: { kind: 'image' } }), ['carol/app', 'dave/app']);
      assert.deepEqual(await find('app', { filters: { kind: 'image', namespace: 'dave' } }), ['dave/app']);
      assert.deepEqual(await find('app', { filters: { kind: 'plugin' } }), []);
    });

    it('finds by operating system and architecture, both of one platform', async () => {
      await put(
        document('alice/app', { platforms: ['linux/amd64', 'linux/arm64'] }),
        document('bob/app', { platforms: ['windows/amd64', 'linux/s390x'], kinds: ['index'] }),
        document('carol/app', { platforms: ['linux/amd64'], kinds: ['image'] }),
        document('dave/app', { kinds: ['helm-chart'] }),
      );
      const on = (filters: SearchFilters, q = 'app') => find(q, { filters });
      assert.deepEqual(await on({ os: 'linux' }), ['alice/app', 'bob/app', 'carol/app']);
      assert.deepEqual(await on({ os: 'windows' }), ['bob/app']);
      assert.deepEqual(await on({ architecture: 'amd64' }), ['alice/app', 'bob/app', 'carol/app']);
      assert.deepEqual(await on({ architecture: 's390x' }), ['bob/app']);
      assert.deepEqual(await on({ os: 'linux', architecture: 'amd64' }), ['alice/app', 'carol/app']);
      assert.deepEqual(await on({ os: 'windows', architecture: 's390x' }), []);
      assert.deepEqual(await on({ os: 'linux', kind: 'image' }), ['carol/app']);
      assert.deepEqual(await on({ os: 'lin' }), []);
      assert.deepEqual(await on({ architecture: 'arm' }), []);
      assert.deepEqual(await on({ os: 'linux' }, ''), ['alice/app', 'bob/app', 'carol/app']);
      assert.deepEqual(await on({ os: 'linux', kind: 'helm-chart' }, ''), []);
      assert.deepEqual(await on({ architecture: 's390x', kind: 'index' }, ''), ['bob/app']);
      assert.equal((await page('app', { filters: { os: 'linux' }, perPage: 1 })).total, 3);
    });

    it('counts what filters would leave, each without itself', async () => {
      await put(
        document('app', { stars: 2_000, kinds: ['index'], platforms: ['linux/amd64', 'linux/arm64'] }),
        document('alice/app', { stars: 10, kinds: ['image'], platforms: ['linux/amd64'], automated: true }),
        document('bob/app', { stars: 1, kinds: ['image', 'helm-chart'], platforms: ['windows/amd64'] }),
        document('carol/app', { private: true, stars: 5, kinds: ['plugin'] }),
        document('carol/other', { stars: 50, kinds: ['image'] }),
      );
      const counts = new FilterCountsService(under.engine);
      const viewer = { namespaces: [] };
      const all = await counts.count({ q: 'app', viewer });
      assert.deepEqual(all.official, {
        documents: 3,
        official: 1,
        automated: 1,
        stars: [3, 2, 1, 1],
        kinds: { image: 2, 'helm-chart': 1, index: 1 },
        systems: { linux: 2, windows: 1 },
        architectures: { amd64: 3, arm64: 1 },
        isExact: true,
      });
      assert.deepEqual(all.kind, all.official);
      const filtered = await counts.count({ q: 'app', viewer, filters: { os: 'linux', kind: 'image' } });
      assert.deepEqual(filtered.kind.kinds, { image: 1, index: 1 });
      assert.deepEqual(filtered.os.systems, { linux: 1, windows: 1 });
      assert.deepEqual(filtered.official.documents, 1);
      assert.deepEqual(filtered.stars.stars, [1, 1, 0, 0]);
      const own = await counts.count({ q: 'app', viewer: { namespaces: ['carol'] } });
      assert.deepEqual([own.kind.documents, own.kind.kinds.plugin], [4, 1]);
      const none = await counts.count({ q: 'nothing-like-it', viewer });
      assert.deepEqual([none.kind.documents, none.kind.kinds, none.stars.stars], [0, {}, [0, 0, 0, 0]]);
      assert.equal((await counts.count({ q: '', viewer, filters: { official: true } })).stars.documents, 1);
    });

    it('sorts by stars, pulls and times', async () => {
      await put(
        document('alice/app', { stars: 1, pulls: 9, updatedAt: new Date('2026-03-01') }),
        document('bob/app', {
          stars: 3,
          pulls: 1,
          updatedAt: new Date('2026-01-01'),
          pushedAt: new Date('2025-12-01'),
        }),
        document('eve/x', {
          description: 'app',
          stars: 2,
          pulls: 3e9,
          updatedAt: new Date('2026-02-01'),
          pushedAt: new Date('2025-11-01'),
        }),
      );
      assert.deepEqual(await find('app', { sort: 'stars' }), ['bob/app', 'eve/x', 'alice/app']);
      assert.deepEqual(await find('app', { sort: 'pulls' }), ['eve/x', 'alice/app', 'bob/app']);
      assert.deepEqual(await find('app', { sort: 'updated' }), ['alice/app', 'eve/x', 'bob/app']);
      assert.deepEqual(await find('app', { sort: 'pushed' }), ['bob/app', 'eve/x', 'alice/app']);
      assert.deepEqual(
        (await page('app', { sort: 'pushed' })).items.map(({ pushedAt }) => pushedAt?.getTime() ?? null),
        [Date.parse('2025-12-01'), Date.parse('2025-11-01'), null],
      );
    });

    it('keeps the newer version in any order of writes', async () => {
      const id = ids.shift()!;
      const versions = [1, 2, 3].map((version) => document('alice/app', { stars: version, version }, id));
      await put(versions[1]!);
      await put(versions[0]!);
      assert.equal((await page('app')).items[0]!.stars, 2);
      await put(versions[2]!);
      await put(versions[2]!, document('bob/app'));
      assert.deepEqual(
        (await page('app')).items.map(({ stars }) => stars),
        [3, 0],
      );
    });

    it('does not find removed documents, and lists the ids of the others', async () => {
      const documents = [document('alice/app'), document('bob/app'), document('eve/app')];
      await put(...documents);
      const [first, second, third] = documents.map(({ id }) => id) as [string, string, string];
      assert.deepEqual(await under.engine.ids('0', 2), [first, second]);
      assert.deepEqual(await under.engine.ids(second, 2), [third]);
      await under.engine.remove([second, '999999999']);
      assert.deepEqual(await find('app'), ['alice/app', 'eve/app']);
      assert.deepEqual(await under.engine.ids('0', 9), [first, third]);
    });

    it('does not find the words of an older version', async () => {
      const id = ids.shift()!;
      await put(document('alice/app', { description: 'oldish' }, id));
      await put(document('alice/app', { description: 'newish', version: 2 }, id));
      assert.deepEqual(await find('oldish'), []);
      assert.deepEqual(await find('newish'), ['alice/app']);
    });

    it('returns the same ranking in pages of any size', async () => {
      const names = [
        'app',
        'apple',
        'a1/app',
        'apple/x',
        'a2/apples',
        'a3/my-app',
        'a4/my-apple',
        'a5/other',
      ];
      const documents = Array.from({ length: 36 }, (_, index) => {
        const namespace = index < names.length ? '' : `n${index}-`;
        const path = names[index % names.length]!;
        const description = index % 3 === 0 ? 'an apple app' : 'an app, an apple';
        return document(`${namespace && path.includes('/') ? namespace : ''}${path}${namespace && index}`, {
          stars: index % 4,
          description,
        });
      });
      await put(...documents);
      for (const q of ['app', 'apple', 'apple app', 'a1/app']) {
        for (const sort of ['relevance', 'stars', 'pulls', 'updated'] as const) {
          const { total } = await page(q, { sort, perPage: 1 });
          const whole = await find(q, { sort, perPage: 100 });
          assert.equal(whole.length, total);
          assert.ok(total > 20 || q === 'a1/app', q);
          for (const perPage of [1, 7, 10]) {
            const joined: string[] = [];
            for (let number = 1; joined.length < total && number <= total; number++) {
              joined.push(...(await find(q, { sort, perPage, page: number })));
            }
            assert.deepEqual(joined, whole, `${q}: ${sort} by ${perPage}`);
          }
          assert.deepEqual((await page(q, { sort, page: 100, perPage: 1 })).items, []);
          assert.deepEqual((await page(q, { sort, page: 1e9, perPage: 100 })).items, []);
        }
      }
    });

    it('begins every longer page with the shorter ones, however many names have the prefix', async () => {
      const many = await under.repositories(1_600);
      const name = (n: number) =>
        n % 4 === 0 ? `my-web${n % 7}-${n}` : n % 4 === 1 ? `webs${n}` : `web-${n}`;
      await put(
        ...many.map((id, n) => {
          const description = n % 5 === 0 ? 'on the web' : '';
          return document(`ns${n % 50}/${name(n)}`, { stars: n % 11 === 0 ? n % 400 : 0, description }, id);
        }),
      );
      for (const q of ['web', 'we', 'my web', 'ns7/web', 'web-']) {
        const whole = await find(q, { perPage: resultWindow });
        assert.equal(new Set(whole).size, whole.length, q);
        assert.equal(whole.length, (await page(q)).total, q);
        for (const perPage of [10, 25, 50, 100, 250]) {
          assert.deepEqual(await find(q, { perPage }), whole.slice(0, perPage), `${q} by ${perPage}`);
        }
      }
    });

    it('counts and pages up to the result window', async () => {
      const many = await under.repositories(resultWindow + 5);
      await put(...many.map((id, index) => document(`ns${index}/app`, {}, id)));
      const last = await page('app', { perPage: 100, page: resultWindow / 100 });
      assert.deepEqual([last.total, last.items.length], [resultWindow, 100]);
      assert.deepEqual((await page('app', { perPage: 100, page: resultWindow / 100 + 1 })).items, []);
    });

    it('counts what is left when documents are removed, however many there were', async () => {
      const many = await under.repositories(resultWindow + 200);
      await put(...many.map((id, index) => document(`ns${index}/app`, {}, id)));
      assert.equal((await page('app')).total, resultWindow);
      await under.engine.remove(many.slice(300));
      assert.deepEqual([(await page('app')).total, (await page('app')).totalIsExact], [300, true]);
    });

    it('ranks a popular name first among more names with the same prefix than the window holds', async () => {
      const many = await under.repositories(1_101);
      const own = many.pop()!;
      await put(...many.map((id, n) => document(`alice/web-${String(n).padStart(4, '0')}`, {}, id)));
      await put(document('zoe/web-zebra', { stars: 500 }, own));
      const { items, total } = await page('we');
      assert.equal(items[0]!.name, 'web-zebra');
      assert.equal(items.length, 25);
      assert.equal(total, 1000);
    });

    it('finds a popular longer name among more repositories with the exact name than the window holds', async () => {
      const many = await under.repositories(1_101);
      const own = many.pop()!;
      await put(...many.map((id, n) => document(`ns${n}/web`, { stars: 1 }, id)));
      await put(document('zoe/web-proxy', { stars: 20 }, own));
      assert.equal((await find('web'))[0], 'zoe/web-proxy');
    });

    it('corrects misspelt names of popular public repositories only', async () => {
      await put(
        document('memcached', { stars: 2000 }),
        document('alice/memcached-ui', { stars: 1 }),
        document('eve/hushhush', { private: true, stars: 5000 }),
        document('bob/other', { description: 'memcakched' }),
      );
      for (const q of ['memcakched', 'memcacehd', 'mecached']) {
        const found = await page(q);
        assert.equal(found.items[0]?.name, 'memcached', q);
        assert.equal(found.total, found.items.length, q);
      }
      assert.equal((await page('memcached')).didYouMean, undefined);
      assert.deepEqual(await find('hushhusn'), []);
      assert.deepEqual(await find('hushhusn', { viewer: { namespaces: ['bob'] } }), []);
    });

    it('corrects a name once its repository is removed', async () => {
      const renamed = document('alice/memcacher', { stars: 2000 });
      await put(document('memcached', { stars: 2000 }), renamed);
      for (let times = 0; times < 2; times += 1) {
        const { items, didYouMean } = await page('memcacher');
        assert.deepEqual([items[0]!.name, didYouMean], ['memcacher', undefined]);
      }
      await under.engine.remove([renamed.id]);
      for (let times = 0; times < 2; times += 1) {
        const { items, didYouMean } = await page('memcacher');
        assert.deepEqual([items[0]!.name, didYouMean], ['memcached', 'memcached']);
      }
    });

    it('suggests names by prefix, and private ones to viewers of their namespace only', async () => {
      await put(
        document('redis', { stars: 900 }),
        document('alice/redis-ui', { stars: 50 }),
        document('redmine/app', { stars: 5 }),
        document('alice/red-secret', { private: true, stars: 100 }),
        document('bob/x', { description: 'red' }),
      );
      const suggest = async (typed: string, namespaces: string[] = []): Promise<string[]> =>
        (await search.suggest(typed, { namespaces }, { limit: 5 })).items.map(
          (one) => `${one.namespace}/${one.name}`,
        );
      assert.deepEqual(await suggest('red'), ['library/redis', 'alice/redis-ui']);
      assert.deepEqual(await suggest('red', ['alice']), [
        'library/redis',
        'alice/red-secret',
        'alice/redis-ui',
      ]);
      assert.deepEqual(await suggest('alice/re'), ['alice/redis-ui']);
      assert.deepEqual(await suggest('alice/'), ['alice/redis-ui']);
      assert.deepEqual(await suggest('%'), []);
    });

    it('treats every text literally', async () => {
      await put(
        document('alice/a_b'),
        document('alice/axb'),
        document('bob/a.b', { description: '100% \\ "or" true' }),
        document('eve/private', { private: true, description: 'a b' }),
      );
      assert.deepEqual(await find('alice/a_b'), ['alice/a_b']);
      assert.deepEqual(await find('alice/a_'), ['alice/a_b', 'alice/axb']);
      assert.deepEqual(await find('%'), []);
      assert.deepEqual(await find('_'), []);
      const hostile = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc
          .array(
            fc.constantFrom(
              "'",
              '"',
              '%',
              '_',
              '\\',
              '\u0000',
              '$1',
              ' or ',
              '--',
              '{}',
              ',',
              'a',
              '/',
              ':',
              '@',
            ),
          )
          .map((pieces) => pieces.join('')),
      );
      await fc.assert(
        fc.asyncProperty(hostile, async (q) => {
          const { items, total } = await page(q);
          assert.ok(items.every((item) => !item.private));
          assert.equal(items.length, total);
        }),
        { numRuns: 300 },
      );
    });
  });
}
