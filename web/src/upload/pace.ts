// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How large the next piece of an upload is, and how fast it goes. Pure. Small pieces on a weak line, so
// that a cut costs little; large ones on a good line, so that answers do not hold it up.

export const SMALLEST_CHUNK = 256 * 1024;
export const LARGEST_CHUNK = 8 * 1024 * 1024;

/** The next chunk's size after one that took some seconds. */
export function nextChunkSize(size: number, seconds: number): number {
  if (seconds < 2) return Math.min(LARGEST_CHUNK, size * 2);
  if (seconds > 6) return Math.max(SMALLEST_CHUNK, size / 2);
  return size;
}

/** A running mean of bytes a second that forgets in about ten seconds. */
export function mixRate(before: number | null, bytes: number, seconds: number): number | null {
  if (seconds <= 0) return before;
  const rate = bytes / seconds;
  if (before === null) return rate;
  const weight = Math.min(1, seconds / 10);
  return before * (1 - weight) + rate * weight;
}
