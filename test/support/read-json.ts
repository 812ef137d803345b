/** A response's JSON, made in the realm of the tests: what `response.json()` makes equals nothing strictly in Jest. */
export async function readJson<T>(response: Response): Promise<T> {
  return JSON.parse(await response.text()) as T;
}
