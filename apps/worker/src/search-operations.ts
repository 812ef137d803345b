import type { SearchOperations } from '@central-index/registry-sync';
import type { SearchDifference, SearchMaintenance } from '@central-index/search';

/** The operations on the search index. Their results are counts: a list of documents could have a million entries. */
export function searchOperations(maintenance: SearchMaintenance): SearchOperations {
  const ignore = (): void => undefined;
  return {
    rebuild: async () => {
      const { written, removed, copied = null } = await maintenance.rebuild(ignore, ignore);
      return { written, removed, copied };
    },
    check: async (repair) => {
      const { documents, lists, replica } = await maintenance.check(repair);
      return {
        documents: differences(documents),
        postings: lists.missing + lists.orphaned,
        spellings: lists.misspelt,
        replica: replica === undefined ? null : differences(replica),
        repaired: repair,
      };
    },
  };
}

const differences = ({ missing, stale, orphaned }: SearchDifference['documents']): number =>
  missing.length + stale.length + orphaned.length;
