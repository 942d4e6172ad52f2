// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads where the segments of a rung's file are from the sidx box at its head (ISO/IEC 14496-12
// §8.16.3): a quarter of the bytes of a playlist, and it comes with the initialisation in one request.
// Pure; it trusts nothing and says what is wrong.

export interface Segment {
  /** Seconds from the start of the lesson. */
  start: number;
  duration: number;
  /** First byte in the rung's file. */
  offset: number;
  bytes: number;
}

export interface FileIndex {
  /** ftyp and moov: what a SourceBuffer wants first. */
  initBytes: number;
  /** Ends with the sidx; here the first segment may begin. */
  headBytes: number;
  segments: Segment[];
  duration: number;
}

export class IndexError extends Error {}

const LARGEST_HEAD = 4 << 20;

function readReferences(view: DataView, at: number, end: number): FileIndex['segments'] {
  const wide = view.getUint8(at + 8) > 0;
  const timescale = view.getUint32(at + 16);
  let position = at + 20;
  const readTime = (): number => {
    const value = wide ? Number(view.getBigUint64(position)) : view.getUint32(position);
    position += wide ? 8 : 4;
    return value;
  };
  let time = readTime();
  let offset = end + readTime();
  const count = view.getUint16(position + 2);
  position += 4;
  if (timescale === 0 || count === 0 || position + 12 * count > end) throw new IndexError('sidx');
  const segments: Segment[] = [];
  for (let i = 0; i < count; i += 1, position += 12) {
    const bytes = view.getUint32(position);
    const duration = view.getUint32(position + 4);
    if (bytes === 0 || bytes > 0x7fffffff || duration === 0) throw new IndexError('sidx reference');
    segments.push({ start: time / timescale, duration: duration / timescale, offset, bytes });
    time += duration;
    offset += bytes;
  }
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(time)) throw new IndexError('sidx');
  return segments;
}

/** The index of a file whose first bytes these are, or how many bytes are needed to know it. */
export function readIndex(head: Uint8Array): FileIndex | number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = 0;
  for (;;) {
    // A box's size, type and, of a sidx, what comes before its references.
    if (at + 40 > LARGEST_HEAD) throw new IndexError('no index');
    if (at + 8 > head.length) return at + 40;
    const size = view.getUint32(at);
    const type = String.fromCharCode(...head.subarray(at + 4, at + 8));
    if (size < 8 || type === 'moof' || type === 'mdat') throw new IndexError('no index');
    const end = at + size;
    if (type === 'sidx') {
      if (size < 32 || end > LARGEST_HEAD) throw new IndexError('sidx');
      if (end > head.length) return end;
      const segments = readReferences(view, at, end);
      const last = segments[segments.length - 1]!;
      return { initBytes: at, headBytes: end, segments, duration: last.start + last.duration };
    }
    at = end;
  }
}

/** How many bytes the head of a rung's file likely has, so that one request brings it. */
export function guessHead(durationSeconds: number, hasPicture: boolean): number {
  return (hasPicture ? 1300 : 800) + 12 * Math.ceil(durationSeconds / 4);
}

/** The index of the segment that holds a time; the first or last one outside. */
export function findSegment(segments: readonly Segment[], time: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.start <= time + 1e-3) low = middle;
    else high = middle - 1;
  }
  return low;
}
