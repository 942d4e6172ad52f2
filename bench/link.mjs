// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A learner's first visit to a lesson: a browser that knows nothing opens the page, presses play as soon as it can, and
// looks on. Prints one line of JSON: seconds from the start of the visit, and bytes that were received until the sound.
// Arguments: folder web/, the browser, the lesson's address, the rung, seconds to go on playing.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const [web, executablePath, address, rung, seconds] = process.argv.slice(2);
const { chromium } = createRequire(join(web, 'package.json'))('playwright-core');
const PATIENCE_MS = 120_000;
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** Runs in the page, before its own scripts: asking from outside would share the link. */
function watch(wanted) {
  if (location.protocol === 'about:') return;
  localStorage.setItem('daorian.rung', JSON.stringify(wanted));
  const seen = { stood: 0 };
  let before = 0;
  window.seen = seen;
  const look = () => {
    const now = performance.now() / 1000;
    const start = document.querySelector('.player-start');
    const video = document.querySelector('video');
    const still = document.querySelector('.player-still img[data-still]');
    if (start && seen.usable === undefined) {
      seen.usable = now;
      start.click();
    }
    if (video && video.currentTime > 0 && seen.sound === undefined) {
      seen.sound = now;
      const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
      seen.bytes = entries.reduce((sum, entry) => sum + entry.transferSize, 0);
    }
    if (seen.sound < now && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) seen.stood += now - before;
    before = now;
    if (still && still.complete && still.naturalWidth > 0) seen.picture ??= now;
    requestAnimationFrame(look);
  };
  look();
}

const browser = await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS });
try {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await page.addInitScript(watch, rung);
  await page.goto(address, { timeout: PATIENCE_MS, waitUntil: 'commit' });
  const last = rung === 'slides' ? 'picture' : 'sound';
  await page.waitForFunction((name) => window.seen[name] !== undefined, last, { timeout: PATIENCE_MS });
  await page.waitForTimeout(Number(seconds) * 1000);
  const seen = await page.evaluate(() => ({ ...window.seen, ended: performance.now() / 1000 }));
  seen.stalled = seen.stood / (seen.ended - seen.sound);
  process.stdout.write(`${JSON.stringify(seen)}\n`);
} finally {
  await browser.close();
}
