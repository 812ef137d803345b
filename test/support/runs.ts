/** How many random histories a spec tells; `HISTORIES=5000` for a long run. */
export const histories = Number(process.env.HISTORIES ?? 100);
