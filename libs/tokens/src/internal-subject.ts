/** Subject of the index's own reads and deletes, which no account can have: they count neither as pulls nor as pushes. */
export const internalSubject = ':index';
