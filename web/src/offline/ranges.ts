// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What part of a kept file is asked for (RFC 9110 §14), and in which blocks it is. Pure.

export interface Span {
  start: number;
  /** The last byte. */
  end: number;
}

/**
 * Reads a Range header against a file's size. `whole` when there is none or it is not one we know,
 * `none` when nothing of it is in the file.
 */
export function readRange(header: string | null, bytes: number): Span | 'whole' | 'none' {
  const match = header === null ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (!match || (match[1] === '' && match[2] === '')) return 'whole';
  if (match[1] === '') {
    const count = Math.min(Number(match[2]), bytes);
    return count === 0 ? 'none' : { start: bytes - count, end: bytes - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? bytes - 1 : Math.min(Number(match[2]), bytes - 1);
  if (match[2] !== '' && Number(match[2]) < start) return 'whole';
  return start >= bytes ? 'none' : { start, end };
}

export interface Part {
  index: number;
  /** Inside the block; `to` is the first byte that is not wanted. */
  from: number;
  to: number;
}

/** The blocks that hold a span, in order. */
export function listParts(span: Span, blockBytes: number): Part[] {
  const parts: Part[] = [];
  for (let index = Math.floor(span.start / blockBytes); index * blockBytes <= span.end; index += 1) {
    const base = index * blockBytes;
    parts.push({
      index,
      from: Math.max(0, span.start - base),
      to: Math.min(blockBytes, span.end + 1 - base),
    });
  }
  return parts;
}
