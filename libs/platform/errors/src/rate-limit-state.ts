/** The state of one rate limit for one caller, as responses report it. */
export interface RateLimitState {
  /** Name of the limit, such as `token-requests`. */
  readonly name: string;
  /** How many a window allows. */
  readonly quota: number;
  readonly windowSeconds: number;
  /** How many the current window still allows. */
  readonly remaining: number;
  /** Seconds until the current window ends. */
  readonly resetSeconds: number;
}
