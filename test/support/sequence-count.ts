/** How many random event sequences a spec runs; `EVENT_SEQUENCES=5000` for a long run. */
export const sequenceCount = Number(process.env.EVENT_SEQUENCES ?? 100);
