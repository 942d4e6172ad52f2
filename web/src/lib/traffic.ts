// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Counts what the page itself transfers (program, lists, pictures) from the browser's resource timing,
// and takes back what the player counted as it came when it proves to have come out of a cache. Media
// files are counted by the player, which also sees what was broken off; hls.js tells the player.

import { countBytes } from './budget';

/** Files that the player counts while they come. */
const BY_PLAYER = /\/lessons\/[^/]+\/(?:.+\.(?:mp4|m3u8|json)|slides[/.].*|storyboard.*)$/;

/** What is being kept counts itself too. */
const FOR_KEEPING = /\/lessons\/[^/]+\/[^?]+\?fresh$/;

function count(entry: PerformanceResourceTiming): void {
  const fromCache = entry.transferSize === 0 && entry.encodedBodySize > 0;
  const byPlayer =
    (BY_PLAYER.test(new URL(entry.name).pathname) || FOR_KEEPING.test(entry.name)) &&
    /^(?:fetch|xmlhttprequest)$/.test(entry.initiatorType);
  // What a service worker answered was counted when it was kept.
  if (entry.workerStart > 0 && fromCache) return;
  if (!byPlayer) countBytes(entry.transferSize);
  else if (fromCache) countBytes(-entry.encodedBodySize);
}

/** Counts from the start of the page on. */
function startTraffic(): void {
  if (typeof PerformanceObserver !== 'function') return;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) count(entry as PerformanceResourceTiming);
  });
  for (const type of ['navigation', 'resource']) {
    try {
      observer.observe({ type, buffered: true });
    } catch {
      // An old browser: what the player counts must do.
    }
  }
}

startTraffic();
