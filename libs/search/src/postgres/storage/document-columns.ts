import { popularitySql } from './terms';

/** The columns of a `SearchDocument`, from `search_document document`. Copies and comparisons use the same ones. */
export const documentColumns = `document.repository_id as id, document.namespace, document.name, document.official,
  document.automated, document.private, document.kinds, document.platforms, document.description,
  document.image_text as "imageText", document.stars, document.pulls::float8 as pulls,
  ${popularitySql('document.rank_key')} / 1000.0::float8 as popularity, document.updated_at as "updatedAt",
  document.pushed_at as "pushedAt",
  document.version::float8 as version`;
