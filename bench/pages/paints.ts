import { Chromium, type ChromiumWindow } from '../../test/acceptance/support/chromium';
import { print, quantile } from '../stats';
import type { MeasuredPage } from './sizes';

const views = 20;

// Resolves with what the browser has recorded of the page so far: the time of its largest paint, and the sum of its shifts.
const measure = `new Promise((resolve) => {
  const found = { paint: 0, shift: 0 };
  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe('largest-contentful-paint', ({ startTime }) => { found.paint = startTime; });
  observe('layout-shift', ({ value }) => { found.shift += value; });
  setTimeout(() => resolve(found), 200);
})`;

interface Painted {
  readonly paint: number;
  readonly shift: number;
}

/** Prints how long Chromium takes to paint the largest part of each page, with an empty cache and with a filled one. */
export async function paints(folder: string, url: string, pages: readonly MeasuredPage[]): Promise<void> {
  const chromium = await Chromium.start(folder, url);
  for (const { name, address } of pages) {
    const [first, next]: [Painted[], Painted[]] = [[], []];
    for (let view = 0; view < views; view += 1) {
      const window = await chromium.open();
      for (const list of [first, next]) list.push(await paintOf(window, address));
      await window.close();
    }
    const times = [first, next].map((list) => {
      const values = list.map(({ paint }) => paint);
      return `p50 ${quantile(values, 0.5).toFixed(0)}, max ${Math.max(...values).toFixed(0)} ms`;
    });
    const shift = Math.max(...[...first, ...next].map((painted) => painted.shift));
    print(
      `largest paint: ${name}`,
      `first view ${times[0]}, next ${times[1]} (aim <= 150); shift ${shift.toFixed(3)} (aim 0)`,
    );
  }
  await chromium.stop();
}

async function paintOf(window: ChromiumWindow, address: string): Promise<Painted> {
  await window.visit(address);
  return window.read<Painted>(measure);
}
