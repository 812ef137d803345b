import { wordFields, type WordField } from '../../ranking/text-classes';

/** The bit of each of `wordFields`. The fields in which a document has the words of a query decide its text class. */
export const wordBits: readonly number[] = wordFields.map((_, index) => 1 << index);

/** The bit of a field. */
export const bitOf = (field: WordField): number => 1 << wordFields.indexOf(field);

/** The bit of the field that the lightest class has alone. */
export const secondaryBit = bitOf('secondary');
