// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plays one chosen rung through Media Source Extensions: reads the rung's playlist, asks for exact byte
// ranges, keeps as much ahead as the planner says, and goes on where a range broke off. One Feeder
// serves one <video>; load() again changes the rung, at the place where the learner is.

import { findSegment, parsePlaylist, type MediaPlaylist } from './playlist';
import { chooseAhead, findWanted, mixSpeed, planRequest, type Span } from './planner';
import { fetchRange, TransferError, type TransferHooks } from './transfer';

export interface FeederHooks {
  onRetrying(retrying: boolean): void;
  /** Every media byte that came over the link. */
  onBytes(bytes: number): void;
  /** Playing cannot go on; load() may be called again. */
  onError(error: Error): void;
}

export interface FeederSource {
  /** Address of `<rung>.m3u8`. */
  playlistUrl: string;
  codecs: string;
  hasPicture: boolean;
  bytesPerSecond: number;
  frugal: boolean;
}

type SourceClass = typeof MediaSource;

/** The MediaSource class of this browser, if it has one. */
export function findMediaSource(): SourceClass | null {
  const scope = globalThis as { MediaSource?: SourceClass; ManagedMediaSource?: SourceClass };
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}

/** The MIME type a SourceBuffer wants. */
export function mimeType(source: { codecs: string; hasPicture: boolean }): string {
  return `${source.hasPicture ? 'video' : 'audio'}/mp4; codecs="${source.codecs}"`;
}

const KEEP_BEHIND = 20;
const LARGEST_GAP = 0.5;
const WAKING = ['timeupdate', 'seeking', 'ratechange', 'play', 'waiting'] as const;

function listSpans(ranges: TimeRanges): Span[] {
  return Array.from({ length: ranges.length }, (_, i) => ({
    start: ranges.start(i),
    end: ranges.end(i),
  }));
}

export class Feeder {
  private playlist: MediaPlaylist | null = null;
  private fileUrl = '';
  private media: MediaSource | null = null;
  private buffer: SourceBuffer | null = null;
  private abort = new AbortController();
  private speed: number | null = null;
  private objectUrl = '';
  /** The segments of the request under way, to know whether a seek leaves it. */
  private transfer: { at: number; last: number; abort: AbortController } | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly hooks: FeederHooks,
  ) {
    for (const name of WAKING) video.addEventListener(name, this.onVideo);
  }

  /** Begins to play a rung at a time in seconds. What was loaded before is dropped. */
  load(source: FeederSource, startAt: number): void {
    this.drop();
    this.abort = new AbortController();
    const signal = this.abort.signal;
    this.run(source, startAt, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      this.hooks.onRetrying(false);
      this.hooks.onError(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Stops all transfers and lets go of the video. */
  destroy(): void {
    this.drop();
    for (const name of WAKING) this.video.removeEventListener(name, this.onVideo);
  }

  private drop(): void {
    this.abort.abort();
    this.notify();
    this.transfer = null;
    this.buffer = null;
    this.media = null;
    this.playlist = null;
    if (this.objectUrl) URL.revokeObjectURL(this.objectUrl);
    this.objectUrl = '';
  }

  private async run(source: FeederSource, startAt: number, signal: AbortSignal): Promise<void> {
    const [buffer] = await Promise.all([
      this.openBuffer(source, signal),
      this.readPlaylist(source, signal),
    ]);
    const playlist = this.playlist!;
    this.buffer = buffer;
    if (this.media!.readyState === 'open') this.media!.duration = playlist.duration;
    if (startAt > 0 && startAt < playlist.duration - 1) this.video.currentTime = startAt;
    await this.fetchInto(playlist.init.offset, playlist.init.offset + playlist.init.bytes - 1, signal);
    while (!signal.aborted) await this.step(source, playlist, signal);
  }

  private async openBuffer(source: FeederSource, signal: AbortSignal): Promise<SourceBuffer> {
    const Source = findMediaSource();
    if (!Source || !Source.isTypeSupported(mimeType(source))) throw new Error('unsupported');
    const media = new Source();
    this.media = media;
    this.objectUrl = URL.createObjectURL(media);
    this.video.disableRemotePlayback = true;
    this.video.src = this.objectUrl;
    await new Promise<void>((resolve, reject) => {
      media.addEventListener('sourceopen', () => resolve(), { once: true });
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
    const buffer = media.addSourceBuffer(mimeType(source));
    buffer.addEventListener('error', () => this.fail(new Error('the browser refused the data')));
    return buffer;
  }

  private fail(error: Error): void {
    if (this.abort.signal.aborted) return;
    this.abort.abort();
    this.hooks.onError(error);
  }

  private async readPlaylist(source: FeederSource, signal: AbortSignal): Promise<void> {
    const parts: Uint8Array[] = [];
    const url = new URL(source.playlistUrl, location.href).href;
    for (let attempt = 1; parts.length === 0; attempt += 1) {
      try {
        const response = await fetch(url, { signal, cache: 'no-cache' });
        if (!response.ok) throw new TransferError(response.status, `HTTP ${response.status}`);
        parts.push(new Uint8Array(await response.arrayBuffer()));
      } catch (error) {
        if (error instanceof TransferError || signal.aborted || attempt >= 8) throw error;
        this.hooks.onRetrying(true);
        await new Promise((resolve) => setTimeout(resolve, Math.min(8000, 500 * 2 ** attempt)));
      }
    }
    this.hooks.onRetrying(false);
    this.hooks.onBytes(parts[0]!.length);
    this.playlist = parsePlaylist(new TextDecoder().decode(parts[0]));
    this.fileUrl = new URL(this.playlist.uri, url).href;
  }

  /** One turn: fetch what is missing, or close the end, or wait until something changes. */
  private async step(source: FeederSource, list: MediaPlaylist, signal: AbortSignal): Promise<void> {
    const spans = listSpans(this.video.buffered);
    const ahead = chooseAhead({
      bytesPerSecond: this.speed,
      rungBytesPerSecond: source.bytesPerSecond,
      rate: this.video.playbackRate,
      frugal: source.frugal,
    });
    const plan = planRequest(list.segments, spans, this.video.currentTime, ahead);
    if (plan) {
      await this.follow(plan.first, plan.last, plan.offset, plan.end, list, signal);
      return;
    }
    const complete = findWanted(list.segments, spans, this.video.currentTime) >= list.segments.length;
    if (complete && this.media?.readyState === 'open' && !this.buffer?.updating) {
      this.media.endOfStream();
    }
    await this.waitForChange();
  }

  /** Until the playhead moves, the speed changes, or everything is dropped. */
  private waitForChange(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Fetches some segments; a seek elsewhere ends it early and the half-filled segment is taken out. */
  private async follow(
    first: number,
    last: number,
    offset: number,
    end: number,
    list: MediaPlaylist,
    signal: AbortSignal,
  ): Promise<void> {
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    signal.addEventListener('abort', stop, { once: true });
    const transfer = { at: first, last, abort };
    this.transfer = transfer;
    let position = offset;
    try {
      await this.fetchInto(offset, end, abort.signal, (count) => {
        position += count;
        while (transfer.at < last) {
          const here = list.segments[transfer.at]!;
          if (position < here.offset + here.bytes) break;
          transfer.at += 1;
        }
      });
    } catch (error) {
      if (signal.aborted || !abort.signal.aborted) throw error;
      await this.forget(list, transfer.at);
    } finally {
      signal.removeEventListener('abort', stop);
      if (this.transfer === transfer) this.transfer = null;
    }
  }

  /** Resets the parser and removes the segment that came only in part. */
  private async forget(list: MediaPlaylist, index: number): Promise<void> {
    const buffer = this.buffer;
    const segment = list.segments[index];
    if (!buffer || !segment || this.media?.readyState !== 'open') return;
    await this.settle(buffer);
    buffer.abort();
    buffer.remove(segment.start, segment.start + segment.duration);
    await this.settle(buffer);
  }

  private async fetchInto(
    offset: number,
    end: number,
    signal: AbortSignal,
    onAppended: (bytes: number) => void = () => undefined,
  ): Promise<void> {
    const hooks: TransferHooks = {
      onBytes: async (bytes) => {
        this.hooks.onBytes(bytes.length);
        await this.append(bytes, signal);
        onAppended(bytes.length);
      },
      onRetrying: (retrying) => this.hooks.onRetrying(retrying),
      onMeasured: (bytes, seconds) => {
        this.speed = mixSpeed(this.speed, bytes, seconds);
      },
    };
    await fetchRange(this.fileUrl, offset, end, signal, hooks);
  }

  private async append(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const buffer = this.buffer!;
    for (let attempt = 0; ; attempt += 1) {
      await this.settle(buffer);
      if (signal.aborted) throw new DOMException('aborted', 'AbortError');
      try {
        buffer.appendBuffer(bytes as Uint8Array<ArrayBuffer>);
        await this.settle(buffer);
        return;
      } catch (error) {
        const full = error instanceof DOMException && error.name === 'QuotaExceededError';
        if (!full || attempt >= 100) throw error;
        await this.makeRoom(buffer, signal);
      }
    }
  }

  /** The browser's own limit is reached: drop what was seen, or wait until more was. */
  private async makeRoom(buffer: SourceBuffer, signal: AbortSignal): Promise<void> {
    const start = buffer.buffered.length > 0 ? buffer.buffered.start(0) : 0;
    const until = this.video.currentTime - KEEP_BEHIND / 2;
    if (until > start + 1) {
      buffer.remove(0, until);
      await this.settle(buffer);
      return;
    }
    if (!signal.aborted) await this.waitForChange();
  }

  private settle(buffer: SourceBuffer): Promise<void> {
    if (!buffer.updating) return Promise.resolve();
    return new Promise((resolve) => {
      buffer.addEventListener('updateend', () => resolve(), { once: true });
    });
  }

  private readonly onVideo = (event: Event): void => {
    if (event.type === 'seeking') this.leaveTransfer();
    if (event.type === 'waiting') this.jumpGap();
    this.notify();
  };

  private notify(): void {
    const wake = this.wake;
    this.wake = null;
    wake?.();
  }

  /** A seek to what the transfer under way will not bring soon: end it. */
  private leaveTransfer(): void {
    const transfer = this.transfer;
    if (!transfer || !this.playlist) return;
    const spans = listSpans(this.video.buffered);
    const wanted = findWanted(this.playlist.segments, spans, this.video.currentTime);
    const playing = findSegment(this.playlist.segments, this.video.currentTime);
    const near = wanted >= transfer.at && wanted <= Math.min(transfer.last, transfer.at + 1);
    if (!near && playing !== transfer.at) transfer.abort.abort();
  }

  /** A hole smaller than a blink must not stop the lesson. */
  private jumpGap(): void {
    const now = this.video.currentTime;
    for (const span of listSpans(this.video.buffered)) {
      if (span.start > now && span.start - now < LARGEST_GAP) {
        this.video.currentTime = span.start + 0.01;
        return;
      }
    }
  }
}
