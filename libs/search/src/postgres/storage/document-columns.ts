import { popularitySql } from './terms';

/** Columns of a search document, from `search_document document`: the same for every copy that is made or compared. */
export const documentColumns = `document.repository_id as id, document.namespace, document.name, document.official,
  document.automated, document.private, document.description, document.stars, document.pulls::float8 as pulls,
  ${popularitySql('document.rank_key')} / 1000.0::float8 as popularity, document.updated_at as "updatedAt",
  document.version::float8 as version`;
