/**
 * Parses a response's JSON in the realm of the tests. Objects from `response.json()` have the prototypes of another
 * realm, so that strict deep equality fails in Jest.
 */
export async function readJson<T>(response: Response): Promise<T> {
  return JSON.parse(await response.text()) as T;
}
