// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plays one chosen rung through Media Source Extensions: reads the index at the head of the rung's file,
// asks for exact byte ranges, keeps as much ahead as the planner says, and goes on where a range broke
// off. What else is to be fetched (stills) gets its turn between two ranges, when sound is well ahead.
// One Feeder serves one <video>; load() again changes the rung, at the place where the learner is.

import { findMediaSource, mimeType } from './mse';
import { chooseAhead, findWanted, mixSpeed, planRequest, type Span } from './planner';
import { findSegment, guessHead, readIndex, type FileIndex } from './segments';
import { fetchRange, type TransferHooks } from './transfer';

export interface FeederHooks {
  onRetrying(retrying: boolean): void;
  /** Every byte that came over the link, heads included. */
  onReceived(bytes: number): void;
  /** Playing cannot go on; load() may be called again. */
  onError(error: Error): void;
}

/** The line as it is when the side gets its turn. */
export interface SideTurn {
  /** Seconds of sound from the playhead on; Infinity when the rung is there to its end. */
  ahead: number;
  /** Seconds that the feeder wants to have at most. */
  window: number;
  /** Bytes a second, once measured. */
  speed: number | null;
  hooks: TransferHooks;
  /** Aborted as soon as the sound needs the line. */
  signal: AbortSignal;
}

/** What shares the line with the feeder. */
export interface SideWork {
  /** Does a piece of work and answers true, or answers how many seconds must be ahead before it can. */
  run(turn: SideTurn): Promise<true | number>;
}

export interface FeederSource {
  /** Address of the rung's file. */
  fileUrl: string;
  codecs: string;
  hasPicture: boolean;
  seconds: number;
  bytesPerSecond: number;
  frugal: boolean;
  side?: SideWork;
}

const KEEP_BEHIND = 20;
const LARGEST_GAP = 0.5;
/** Seconds of sound below which nothing else may have the line. */
const LEAST_AHEAD = 1.2;
const WAKING = ['timeupdate', 'seeking', 'ratechange', 'play', 'waiting'] as const;
/** Seconds of the lesson in the request that reads the head. */
const FIRST_SECONDS = 4;
/** Seconds of the first requests where something else waits for the line: at least, and at most. */
const FIRST_SHARE = 5;
const MOST_FIRST = 7;

function listSpans(ranges: TimeRanges): Span[] {
  return Array.from({ length: ranges.length }, (_, i) => ({
    start: ranges.start(i),
    end: ranges.end(i),
  }));
}

/** A controller that a signal aborts too. */
function linkAbort(signal: AbortSignal): { abort: AbortController; unlink: () => void } {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  signal.addEventListener('abort', stop, { once: true });
  return { abort, unlink: () => signal.removeEventListener('abort', stop) };
}

export class Feeder {
  private index: FileIndex | null = null;
  private media: MediaSource | null = null;
  private buffer: SourceBuffer | null = null;
  private abort = new AbortController();
  private speed: number | null = null;
  private objectUrl = '';
  private fileUrl = '';
  private held = false;
  /** The segments of the request under way, to know whether a seek leaves it. */
  private transfer: { at: number; last: number; abort: AbortController } | null = null;
  /** A request that was cut when the feeder was held: its segments, the next byte and the last. */
  private half: { at: number; last: number; position: number; end: number } | null = null;
  private sideAbort: AbortController | null = null;
  private wakers: (() => void)[] = [];

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
    this.fileUrl = source.fileUrl;
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

  /** Transfers nothing until told otherwise; what is loaded goes on playing. */
  hold(held: boolean): void {
    this.held = held;
    if (held) {
      this.transfer?.abort.abort();
      this.sideAbort?.abort();
    }
    this.notify();
  }

  /** Measured speed of the link in bytes a second, if any. */
  get measured(): number | null {
    return this.speed;
  }

  /** There is new work for the side (a slide was asked for). */
  nudge(): void {
    this.notify();
  }

  private drop(): void {
    this.abort.abort();
    this.notify();
    this.transfer = null;
    this.half = null;
    this.buffer = null;
    this.media = null;
    this.index = null;
    if (this.objectUrl) URL.revokeObjectURL(this.objectUrl);
    this.objectUrl = '';
  }

  private async run(source: FeederSource, startAt: number, signal: AbortSignal): Promise<void> {
    this.buffer = await this.openBuffer(source, signal);
    const have = await this.readHead(source, startAt, signal);
    await this.followHead(source, have, signal);
    while (!signal.aborted) await this.step(source, this.index!, signal);
  }

  /**
   * Reads the head and, at the beginning of a lesson, its first seconds in the same request; they play as
   * they come. The number of bytes that the buffer got of the file.
   */
  private async readHead(source: FeederSource, startAt: number, signal: AbortSignal): Promise<number> {
    const early = startAt > 0 ? 0 : Math.round(source.bytesPerSecond * FIRST_SECONDS);
    let head: Uint8Array = new Uint8Array(0);
    let at = 0;
    let wanted = guessHead(source.seconds, source.hasPicture) + early;
    const take = async (bytes: Uint8Array): Promise<void> => {
      at += bytes.length;
      if (this.index) return early > 0 ? this.append(bytes, signal) : undefined;
      const grown = new Uint8Array(head.length + bytes.length);
      grown.set(head);
      grown.set(bytes, head.length);
      head = grown;
      const index = readIndex(head);
      // Media is handed on from the first segment on: between it and the index there may be a gap.
      const enough = typeof index === 'number' ? index : index.segments[0]!.offset;
      if (typeof index === 'number' || head.length < enough) wanted = Math.max(wanted, enough);
      else await this.begin(index, head, startAt, early > 0, signal);
    };
    while (!this.index) {
      if (at > 0 && at >= wanted) throw new Error('the file is too short');
      const before = at;
      await fetchRange(source.fileUrl, at, wanted - 1, signal, this.transferHooks(take));
      if (at === before) throw new Error('the file is too short');
    }
    return early > 0 ? at : 0;
  }

  private async begin(
    index: FileIndex,
    head: Uint8Array,
    startAt: number,
    early: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.media!.readyState === 'open') this.media!.duration = index.duration;
    if (startAt > 0 && startAt < index.duration - 1) this.video.currentTime = startAt;
    await this.append(head.subarray(0, index.initBytes), signal);
    const rest = head.subarray(index.segments[0]!.offset);
    if (early && rest.length > 0) await this.append(rest, signal);
    this.index = index;
  }

  /** Goes on from the very byte where the first request ended. */
  private async followHead(source: FeederSource, have: number, signal: AbortSignal): Promise<void> {
    const { segments } = this.index!;
    const at = segments.findIndex((item) => item.offset + item.bytes > have);
    if (at < 0 || have <= segments[0]!.offset) return;
    const playing = findSegment(segments, this.video.currentTime);
    const there = [{ start: segments[0]!.start, end: segments[at]!.start }];
    const window = Math.min(this.chooseWindow(source), await this.shareFirst(source, signal));
    const plan = playing > at ? null : planRequest(segments, there, segments[0]!.start, window);
    if (plan) await this.follow(plan.first, plan.last, have, plan.end, signal);
    else if (have > segments[at]!.offset) await this.forget(at);
  }

  /** Lets the side work on what was heard so far, and says how many seconds the next request may bring. */
  private async shareFirst(source: FeederSource, signal: AbortSignal): Promise<number> {
    let share: true | number = source.side ? true : Infinity;
    while (share === true && source.side && !signal.aborted) {
      share = await this.runSide(source.side, this.chooseWindow(source), signal);
    }
    return source.side && share !== true ? Math.max(FIRST_SHARE, Math.min(share, MOST_FIRST)) : Infinity;
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

  /** Seconds of the lesson to hold ready. */
  private chooseWindow(source: FeederSource): number {
    return chooseAhead({
      bytesPerSecond: this.speed,
      rungBytesPerSecond: source.bytesPerSecond,
      rate: this.video.playbackRate,
      frugal: source.frugal,
    });
  }

  /** Seconds from the playhead to the end of what is loaded without a hole. */
  private countAhead(): number {
    const now = this.video.currentTime;
    const here = listSpans(this.video.buffered).find((span) => span.start <= now + 0.2 && span.end > now);
    if (!here) return 0;
    return here.end >= (this.index?.duration ?? Infinity) - 0.2 ? Infinity : here.end - now;
  }

  /** One turn: fetch what is missing, or close the end, or wait until something changes. */
  private async step(source: FeederSource, index: FileIndex, signal: AbortSignal): Promise<void> {
    if (this.held) return this.waitForChange();
    if (this.half) return this.followHalf(index, signal);
    const window = this.chooseWindow(source);
    const share = source.side ? await this.runSide(source.side, window, signal) : Infinity;
    if (share === true) return;
    const { segments } = index;
    const spans = listSpans(this.video.buffered);
    const plan = planRequest(segments, spans, this.video.currentTime, Math.min(window, share + 1));
    if (plan) return this.follow(plan.first, plan.last, plan.offset, plan.end, signal);
    const complete = findWanted(segments, spans, this.video.currentTime) >= segments.length;
    if (complete && this.media?.readyState === 'open' && !this.buffer?.updating) {
      this.media.endOfStream();
    }
    await this.waitForChange();
  }

  /** The side's turn. It is cut short as soon as the sound needs the line. */
  private async runSide(side: SideWork, window: number, signal: AbortSignal): Promise<true | number> {
    const { abort, unlink } = linkAbort(signal);
    this.sideAbort = abort;
    const hooks = this.transferHooks(() => Promise.resolve());
    try {
      const turn = { ahead: this.countAhead(), window, speed: this.speed, hooks, signal: abort.signal };
      return await side.run(turn);
    } catch (error) {
      if (signal.aborted || !abort.signal.aborted) throw error;
      return true;
    } finally {
      unlink();
      this.sideAbort = null;
    }
  }

  /** Until the playhead moves, the speed changes, or everything is dropped. */
  private waitForChange(): Promise<void> {
    return new Promise((resolve) => {
      this.wakers.push(resolve);
    });
  }

  /** Fetches some segments; a seek elsewhere ends it early and the half-filled segment is taken out. */
  private async follow(
    first: number,
    last: number,
    offset: number,
    end: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { segments } = this.index!;
    const { abort, unlink } = linkAbort(signal);
    const transfer = { at: first, last, abort };
    this.transfer = transfer;
    let position = offset;
    try {
      const take = async (bytes: Uint8Array): Promise<void> => {
        // What was paid for is kept, even if it is what ended the budget.
        await this.append(bytes, this.held ? signal : abort.signal);
        position += bytes.length;
        while (transfer.at < last) {
          const here = segments[transfer.at]!;
          if (position < here.offset + here.bytes) break;
          transfer.at += 1;
        }
      };
      await fetchRange(this.fileUrl, offset, end, abort.signal, this.transferHooks(take));
    } catch (error) {
      if (signal.aborted || !abort.signal.aborted) throw error;
      // Held, not left: what came of the segment stays, and is not paid for again.
      if (this.held) this.half = { at: transfer.at, last, position, end };
      else await this.forget(transfer.at);
    } finally {
      unlink();
      if (this.transfer === transfer) this.transfer = null;
    }
  }

  /** Goes on in the middle of a segment, unless the learner went elsewhere meanwhile. */
  private async followHalf(index: FileIndex, signal: AbortSignal): Promise<void> {
    const { at, last, position, end } = this.half!;
    this.half = null;
    const wanted = findWanted(index.segments, listSpans(this.video.buffered), this.video.currentTime);
    if (wanted === at || wanted === at + 1) await this.follow(at, last, position, end, signal);
    else await this.forget(at);
  }

  /** Resets the parser and removes the segment that came only in part. */
  private async forget(at: number): Promise<void> {
    const buffer = this.buffer;
    const segment = this.index?.segments[at];
    if (!buffer || !segment || this.media?.readyState !== 'open') return;
    await this.settle(buffer);
    buffer.abort();
    buffer.remove(segment.start, segment.start + segment.duration);
    await this.settle(buffer);
  }

  private transferHooks(onBytes: TransferHooks['onBytes']): TransferHooks {
    return {
      onBytes,
      onReceived: (bytes) => this.hooks.onReceived(bytes),
      onRetrying: (retrying) => this.hooks.onRetrying(retrying),
      onMeasured: (bytes, seconds) => {
        this.speed = mixSpeed(this.speed, bytes, seconds);
      },
    };
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
    if (this.sideAbort && !this.video.paused && this.countAhead() < LEAST_AHEAD) this.sideAbort.abort();
    this.notify();
  };

  private notify(): void {
    const wakers = this.wakers;
    this.wakers = [];
    for (const wake of wakers) wake();
  }

  /** A seek to what the transfer under way will not bring soon: end it. */
  private leaveTransfer(): void {
    const transfer = this.transfer;
    if (!transfer || !this.index) return;
    const spans = listSpans(this.video.buffered);
    const wanted = findWanted(this.index.segments, spans, this.video.currentTime);
    const playing = findSegment(this.index.segments, this.video.currentTime);
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
