/** SQL condition on `search_document document`: its repository was neither deleted nor hidden from all callers since it was written. */
export const existsSql = `exists (
  select from repository where repository.id = document.repository_id and repository.state = 'active')`;
