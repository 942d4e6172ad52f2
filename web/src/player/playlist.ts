// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads a rung's media playlist (RFC 8216): one file, byte ranges, an initialisation range. The pure
// half of the feeder; it trusts nothing and says what is wrong.

export interface Segment {
  /** Seconds from the start of the lesson. */
  start: number;
  duration: number;
  /** First byte in the rung's file. */
  offset: number;
  bytes: number;
}

export interface MediaPlaylist {
  /** URI of the rung's file, as written: relative to the playlist. */
  uri: string;
  init: { offset: number; bytes: number };
  segments: Segment[];
  duration: number;
}

export class PlaylistError extends Error {}

const MAX_SEGMENTS = 100_000;

interface Reader {
  uri: string | null;
  init: { offset: number; bytes: number } | null;
  segments: Segment[];
  time: number;
  duration: number | null;
  range: { bytes: number; offset: number } | null;
  after: number;
}

function readRange(text: string, after: number): { bytes: number; offset: number } {
  const match = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text);
  if (!match) throw new PlaylistError(`byte range “${text.slice(0, 40)}”`);
  return { bytes: Number(match[1]), offset: match[2] === undefined ? after : Number(match[2]) };
}

function setUri(reader: Reader, uri: string): void {
  if (reader.uri !== null && reader.uri !== uri) throw new PlaylistError('more than one file');
  reader.uri = uri;
}

function readMap(reader: Reader, attributes: string): void {
  const uri = /(?:^|,)URI="([^"]*)"/.exec(attributes)?.[1];
  const range = /(?:^|,)BYTERANGE="([^"]*)"/.exec(attributes)?.[1];
  if (!uri || !range) throw new PlaylistError('EXT-X-MAP without URI or BYTERANGE');
  if (reader.init) throw new PlaylistError('more than one EXT-X-MAP');
  setUri(reader, uri);
  reader.init = readRange(range, 0);
}

function readSegment(reader: Reader, uri: string): void {
  if (reader.duration === null || !reader.range) {
    throw new PlaylistError('a segment without EXTINF or EXT-X-BYTERANGE');
  }
  if (reader.segments.length >= MAX_SEGMENTS) throw new PlaylistError('too many segments');
  setUri(reader, uri);
  reader.segments.push({
    start: reader.time,
    duration: reader.duration,
    offset: reader.range.offset,
    bytes: reader.range.bytes,
  });
  reader.time += reader.duration;
  reader.after = reader.range.offset + reader.range.bytes;
  reader.duration = null;
  reader.range = null;
}

function readLine(reader: Reader, line: string): void {
  if (line.startsWith('#EXTINF:')) {
    const duration = Number.parseFloat(line.slice(8));
    if (!(duration > 0 && duration < 3600)) throw new PlaylistError('EXTINF');
    reader.duration = duration;
  } else if (line.startsWith('#EXT-X-BYTERANGE:')) {
    reader.range = readRange(line.slice(17), reader.after);
  } else if (line.startsWith('#EXT-X-MAP:')) {
    readMap(reader, line.slice(11));
  } else if (line !== '' && !line.startsWith('#')) {
    readSegment(reader, line);
  }
}

/** Parses a media playlist; throws PlaylistError when it is not one the feeder can play. */
export function parsePlaylist(text: string): MediaPlaylist {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trim() !== '#EXTM3U') throw new PlaylistError('no #EXTM3U');
  const reader: Reader = {
    uri: null,
    init: null,
    segments: [],
    time: 0,
    duration: null,
    range: null,
    after: 0,
  };
  for (const line of lines) readLine(reader, line.trim());
  if (!reader.uri || !reader.init || reader.segments.length === 0) {
    throw new PlaylistError('no segments');
  }
  return {
    uri: reader.uri,
    init: reader.init,
    segments: reader.segments,
    duration: reader.time,
  };
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
