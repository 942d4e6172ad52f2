// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads slides.vtt: which still is shown when, and which still is the one before with something added.
// Pure; it trusts nothing. A cue that makes no sense is left out, a file that makes none is an error.

export interface Still {
  /** Seconds. */
  start: number;
  end: number;
  /** Relative to slides.vtt. */
  file: string;
  /** The slide before with something added. */
  grows: boolean;
}

/** A slide: the stills from first to last, each growing out of the one before. */
export interface SlideGroup {
  first: number;
  last: number;
}

const MOST_STILLS = 10_000;
const CUE = /^((?:\d{2,4}:)?\d{2}:\d{2}\.\d{3})[ \t]+-->[ \t]+((?:\d{2,4}:)?\d{2}:\d{2}\.\d{3})/;

function readTime(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Whether a name stays in the folder of the file that names it. */
export function isPlainName(name: string): boolean {
  return /^[\w-][\w./-]{0,199}$/.test(name) && !name.includes('..') && !name.includes('//');
}

/** Calls back for each cue of a VTT file: its times in seconds and the lines of its payload. */
export function readCues(text: string, onCue: (start: number, end: number, lines: string[]) => void): void {
  const blocks = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').split(/\n{2,}/);
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(blocks[0] ?? '')) throw new Error('not a WebVTT file');
  for (const block of blocks.slice(1, MOST_STILLS + 1)) {
    const lines = block.split('\n').filter((line) => line !== '');
    const at = lines.findIndex((line) => CUE.test(line));
    const times = at < 0 || at > 1 ? null : CUE.exec(lines[at]!);
    if (!times) continue;
    const start = readTime(times[1]!);
    const end = readTime(times[2]!);
    if (end > start) onCue(start, end, lines.slice(at + 1).map((line) => line.trim()));
  }
}

/** The stills of slides.vtt in the order of time. */
export function parseSlides(text: string): Still[] {
  const stills: Still[] = [];
  readCues(text, (start, end, lines) => {
    const file = lines[0] ?? '';
    if (isPlainName(file)) stills.push({ start, end, file, grows: lines[1] === 'grows' });
  });
  if (stills.length === 0) throw new Error('no slides');
  return stills.sort((a, b) => a.start - b.start);
}

/** The index of the still of a time: the last one that has begun; the first one before that. */
export function findStill(stills: readonly Still[], time: number): number {
  let low = 0;
  let high = stills.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stills[middle]!.start <= time + 0.05) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Slides with their builds together. */
export function groupStills(stills: readonly Still[]): SlideGroup[] {
  const groups: SlideGroup[] = [];
  stills.forEach((still, index) => {
    const group = groups[groups.length - 1];
    if (still.grows && group) group.last = index;
    else groups.push({ first: index, last: index });
  });
  return groups;
}

export interface Wish {
  /** Which still to fetch. */
  index: number;
  /** Seconds of sound that must be ahead before. */
  ahead: number;
}

export interface StillLink {
  /** Bytes that a still likely has to come. */
  bytesOf(index: number): number;
  /** Bytes a second. */
  speed: number;
  /** Seconds of sound that the feeder wants at most. */
  window: number;
  /** Playback speed. */
  rate: number;
}

/**
 * Which still to fetch next: the one of the present time, unless it would come too late to be seen; then
 * the first later one that is not here, when its time comes near. Null when there is nothing to fetch. The
 * sound ahead covers the still's own time on the line with something to spare, and more while there is no hurry.
 */
export function planStill(
  stills: readonly Still[],
  held: ReadonlySet<number>,
  now: number,
  link: StillLink,
): Wish | null {
  const most = link.window * 0.7;
  const secondsOf = (index: number): number => (link.bytesOf(index) / link.speed) * link.rate;
  const at = findStill(stills, now);
  const here = secondsOf(at);
  const late = at + 1 < stills.length && stills[at]!.end - now < here / 2;
  if (!held.has(at) && !late) return { index: at, ahead: Math.min(most, here * 1.3 + 1.5) };
  // Where stills follow one another quickly, the one after the next may be due soon after it.
  let index = at + 1;
  while (held.has(index)) index += 1;
  const next = stills[index];
  if (!next) return null;
  const seconds = secondsOf(index);
  const until = next.start - now;
  if (until > Math.max(20, seconds * 3 + 10)) return null;
  const spare = until < seconds * 2 + 5 ? 1.5 : 4;
  return { index, ahead: Math.min(most, seconds * 1.3 + spare) };
}
