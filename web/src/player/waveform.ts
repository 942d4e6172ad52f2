// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The loudness of a lesson over its time, for the seek bar of a sound-only rung. What is not a waveform
// is none: the bar stays plain.

export interface Peaks {
  intervalMs: number;
  /** 0 to 255. */
  peaks: readonly number[];
}

const MOST = 200_000;

/** Reads the file; null when it is not one. */
export function parsePeaks(text: string): Peaks | null {
  try {
    const { version, interval_ms: intervalMs, peaks } = JSON.parse(text) as Record<string, unknown>;
    const right = version === 1 && typeof intervalMs === 'number' && intervalMs > 0 && Array.isArray(peaks);
    if (!right || peaks.length === 0 || peaks.length > MOST) return null;
    const numbers = (peaks as unknown[]).map((peak) => Math.max(0, Math.min(255, Number(peak) || 0)));
    return { intervalMs, peaks: numbers };
  } catch {
    return null;
  }
}

/** The loudest of each of so many equal parts of the lesson, 0 to 1. */
export function foldPeaks(peaks: Peaks, durationMs: number, parts: number): number[] {
  const folded = new Array<number>(parts).fill(0);
  peaks.peaks.forEach((peak, index) => {
    const at = Math.floor((((index + 0.5) * peaks.intervalMs) / durationMs) * parts);
    if (at >= 0 && at < parts) folded[at] = Math.max(folded[at]!, peak / 255);
  });
  return folded;
}
