// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Decides how far ahead to fetch and which bytes to ask for next. Pure: the link and the budget go in,
// a byte range comes out. A fast link gets a short buffer (data not watched is data wasted), a weak
// one a long buffer.

import { findSegment, type Segment } from './segments';

export interface Span {
  start: number;
  end: number;
}

export interface Link {
  /** Measured; null before anything was measured. */
  bytesPerSecond: number | null;
  rungBytesPerSecond: number;
  /** Playback speed. */
  rate: number;
  /** The learner or the browser asks to save data. */
  frugal: boolean;
}

/** A request: the segments from first to last, their bytes as one range. */
export interface Plan {
  first: number;
  last: number;
  offset: number;
  /** The last byte, inclusive, as HTTP ranges count. */
  end: number;
}

const SHORTEST_AHEAD = 16;
const LONGEST_AHEAD = 120;
const LONGEST_REQUEST = 30;

/** Seconds of the lesson to hold ready. */
export function chooseAhead(link: Link): number {
  const need = Math.max(1, link.rungBytesPerSecond * link.rate);
  const surplus = link.bytesPerSecond === null ? 1.5 : link.bytesPerSecond / need;
  let ahead: number;
  if (surplus >= 6) ahead = SHORTEST_AHEAD;
  else if (surplus >= 2) ahead = 30;
  else if (surplus >= 1.2) ahead = 60;
  else ahead = LONGEST_AHEAD;
  if (link.frugal) ahead = Math.max(SHORTEST_AHEAD, ahead / 2);
  return ahead * Math.max(1, link.rate);
}

/** Whether the middle of a segment is in the buffer: its edges differ by a frame of sound. */
export function isHeld(segment: Segment, buffered: readonly Span[]): boolean {
  const middle = segment.start + segment.duration / 2;
  return buffered.some((span) => span.start <= middle && middle <= span.end);
}

/** The first segment from the playhead on that is not in the buffer; the count when all are. */
export function findWanted(
  segments: readonly Segment[],
  buffered: readonly Span[],
  playhead: number,
): number {
  let index = findSegment(segments, playhead);
  while (index < segments.length && isHeld(segments[index]!, buffered)) index += 1;
  return index;
}

/**
 * The next request, or null when enough is there. It begins with the wanted segment and goes on while
 * segments follow each other in the file, are missing, and start inside the window.
 */
export function planRequest(
  segments: readonly Segment[],
  buffered: readonly Span[],
  playhead: number,
  ahead: number,
): Plan | null {
  const first = findWanted(segments, buffered, playhead);
  const from = segments[first];
  if (!from) return null;
  // Some slack, so that a steady state asks for a few segments at a time and not for each by itself.
  if (from.start > playhead + ahead * 0.75) return null;
  let last = first;
  while (last + 1 < segments.length) {
    const next = segments[last + 1]!;
    const here = segments[last]!;
    const joined = next.offset === here.offset + here.bytes;
    const inside = next.start < playhead + ahead && next.start - from.start < LONGEST_REQUEST;
    if (!joined || !inside || isHeld(next, buffered)) break;
    last += 1;
  }
  const tail = segments[last]!;
  return { first, last, offset: from.offset, end: tail.offset + tail.bytes - 1 };
}

/** A running mean of the link's speed in which a long transfer weighs more than a short one. */
export function mixSpeed(before: number | null, bytes: number, seconds: number): number | null {
  if (bytes < 2000 || seconds <= 0) return before;
  const speed = bytes / seconds;
  if (before === null) return speed;
  const weight = Math.min(0.6, Math.max(0.1, bytes / 400_000));
  return before * (1 - weight) + speed * weight;
}
