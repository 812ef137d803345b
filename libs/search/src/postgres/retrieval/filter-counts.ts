import { countedWindow, starSteps, type FilterCounts } from '../../engine/search-engine';

/** The one row of `filterCountsSql`. */
export type FilterCountsRow = Omit<FilterCounts, 'isExact'>;

// How many documents have which of the values that the expression makes of one of their platforms.
const byPlatformSql = (value: string): string =>
  `(select coalesce(json_object_agg(value, documents), '{}') from (
     select value, count(*) as documents from found
      cross join lateral (select distinct ${value} as value from unnest(platforms) as platform) as values
      group by value) as counted)`;

/** Counts the rows of `found` by what documents can be filtered by. */
export const filterCountsSql = `select count(*)::int as documents,
  (count(*) filter (where official))::int as official, (count(*) filter (where automated))::int as automated,
  json_build_array(${starSteps.map((step) => `count(*) filter (where stars >= ${step})`).join(', ')}) as stars,
  (select coalesce(json_object_agg(kind, documents), '{}') from (
     select kind, count(*) as documents from found cross join unnest(kinds) as kind group by kind) as counted) as kinds,
  ${byPlatformSql("split_part(platform, '/', 1)")} as systems,
  ${byPlatformSql("split_part(platform, '/', 2)")} as architectures
  from found`;

/** The counts of a row. `isPartial`: not all documents that match were read. */
export function toFilterCounts(row: FilterCountsRow, isPartial: boolean): FilterCounts {
  return { ...row, isExact: row.documents < countedWindow && !isPartial };
}
