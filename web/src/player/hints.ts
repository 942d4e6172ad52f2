// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is known of the line before play: what the browser says of it, how fast the page itself came,
// how fast the last lesson did.

import { recall, remember } from '../lib/storage';

interface NetworkInformation {
  saveData?: boolean;
  effectiveType?: string;
}

export interface LinkHints {
  /** The learner asked the browser to save data. */
  frugal: boolean;
  /** The line is 2G, or data is to be saved. */
  weak: boolean;
}

interface Measured {
  /** Bytes a second. */
  speed: number;
  at: number;
}

/** A smaller transfer measures the delay, not the line. */
const LEAST_BYTES = 8000;
const STALE_MS = 86_400_000;

/** Reads navigator.connection where there is one. */
export function readLinkHints(): LinkHints {
  const line = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  const frugal = line?.saveData === true;
  return { frugal, weak: frugal || /2g$/.test(line?.effectiveType ?? '') };
}

/** Keeps what a lesson measured, bytes a second, for the next visit. */
export function rememberLink(speed: number | null): void {
  if (speed) remember('link', { speed: Math.round(speed), at: Date.now() } satisfies Measured);
}

/** Bytes a second of the page's own largest transfer, else of the last lesson; null when unknown. */
export function measureLink(): number | null {
  const own = (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
    .filter((entry) => entry.transferSize > LEAST_BYTES && entry.responseEnd > entry.responseStart)
    .sort((a, b) => b.transferSize - a.transferSize)[0];
  if (own) return (1000 * own.transferSize) / Math.max(1, own.responseEnd - own.responseStart);
  const last = recall<Measured | null>('link', null);
  return last && Date.now() - last.at < STALE_MS && last.speed > 0 ? last.speed : null;
}
