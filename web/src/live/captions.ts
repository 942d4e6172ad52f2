// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Captions of a live channel: for each segment that is here the file of the same number, whose cues count
// from the segment's beginning. No playlist of captions is needed.

import type { ChannelTrack } from './types';

/** Segments whose captions are kept: more than a player holds. */
const KEPT = 200;

export interface Said {
  start: number;
  end: number;
  text: string;
}

function readTime(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Cues of a WebVTT file as the server makes them; what is none is left out. */
export function parseSaid(text: string): Said[] {
  const said: Said[] = [];
  for (const block of text.replaceAll('\r', '').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.includes(' --> '));
    if (at < 0) continue;
    const [from = '', rest = ''] = lines[at]!.split(' --> ');
    const start = readTime(from);
    const end = readTime(rest.split(' ')[0]!);
    if (end > start) said.push({ start, end, text: lines.slice(at + 1).join('\n').trim() });
  }
  return said;
}

/** Folder of a track's files, from the address of its playlist. */
export function folderOf(track: ChannelTrack): string {
  return track.url.replace(/\.m3u8$/, '');
}

export class LiveCaptions {
  private chosen: ChannelTrack | null = null;
  private shown: TextTrack | null = null;
  private abort = new AbortController();
  /** Segments that are here: number and where each begins. */
  private readonly segments = new Map<number, number>();

  constructor(private readonly video: HTMLVideoElement) {}

  choose(track: ChannelTrack | null): void {
    if (track?.name === this.chosen?.name) return;
    this.clear();
    this.chosen = track;
    if (!track) return;
    this.shown ??= this.video.addTextTrack('captions');
    this.shown.mode = 'showing';
    for (const [number, start] of this.segments) void this.fetch(number, start);
  }

  take(number: number, start: number): void {
    if (this.segments.has(number)) return;
    this.segments.set(number, start);
    for (const oldest of this.segments.keys()) {
      if (this.segments.size <= KEPT) break;
      this.segments.delete(oldest);
    }
    if (this.chosen) void this.fetch(number, start);
  }

  /** The element's time begins anew. */
  forget(): void {
    this.segments.clear();
    this.clear();
    if (this.chosen && this.shown) this.shown.mode = 'showing';
  }

  private clear(): void {
    this.abort.abort();
    this.abort = new AbortController();
    if (!this.shown) return;
    // Of a track that is off there are no cues to be seen.
    this.shown.mode = 'hidden';
    for (const cue of Array.from(this.shown.cues ?? [])) this.shown.removeCue(cue);
    this.shown.mode = 'disabled';
  }

  private async fetch(number: number, start: number): Promise<void> {
    const { signal } = this.abort;
    try {
      const answer = await fetch(`${folderOf(this.chosen!)}/${number}.vtt`, { signal });
      if (!answer.ok) return;
      const said = parseSaid(await answer.text());
      if (signal.aborted) return;
      for (const cue of said) this.shown!.addCue(new VTTCue(start + cue.start, start + cue.end, cue.text));
    } catch {
      // Without its captions a segment is still seen.
    }
  }
}
