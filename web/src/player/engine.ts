// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Chooses how a rung is played in this browser: the feeder for a chosen rung, hls.js for `auto`, the
// browser's own HLS only where there is no MSE, the plain MP4 file where there is neither.

import { readLinkHints } from './hints';
import { Feeder, findMediaSource, mimeType } from './feeder';
import { TransferError } from './transfer';
import type { Lesson, Rung } from '../lib/types';

export interface EngineHooks {
  onRetrying(retrying: boolean): void;
  onBytes(bytes: number): void;
  onError(error: Error): void;
}

/** Whether the rung has a picture; `voice` kinds are sound alone. */
export function hasPicture(rung: Rung): boolean {
  return (rung.width ?? 0) > 0;
}

/** Rungs that can be chosen, smallest first. */
export function listPlayable(lesson: Lesson): Rung[] {
  const mse = findMediaSource();
  return lesson.rungs
    .filter((rung) => rung.url !== null && !rung.error)
    .filter(
      (rung) =>
        rung.name !== 'voice-opus' &&
        (!mse || mse.isTypeSupported(mimeType({ codecs: rung.codecs, hasPicture: hasPicture(rung) }))),
    )
    .sort((a, b) => a.bytes - b.bytes);
}

/** The rung to offer first: what was chosen before, else what suits the line. */
export function chooseRung(rungs: readonly Rung[], remembered: string | null): string | null {
  const names = rungs.map((rung) => rung.name);
  if (remembered === 'auto' && names.length > 0) return 'auto';
  if (remembered && names.includes(remembered)) return remembered;
  const order = readLinkHints().weak
    ? ['small', 'lite', 'slides', 'voice']
    : ['medium', 'small', 'lite', 'large', 'slides', 'voice'];
  return order.find((name) => names.includes(name)) ?? names[0] ?? null;
}

/** The address of the multivariant playlist beside a rung's own. */
function findIndexUrl(rung: Rung): string {
  return rung.url!.replace(/[^/]*$/, 'index.m3u8');
}

function playFed(video: HTMLVideoElement, rung: Rung, startAt: number, hooks: EngineHooks): () => void {
  let reloadedAt = -Infinity;
  const source = {
    playlistUrl: rung.url!,
    codecs: rung.codecs,
    hasPicture: hasPicture(rung),
    bytesPerSecond: rung.bandwidth_bps / 8,
    frugal: readLinkHints().frugal,
  };
  const feeder = new Feeder(video, {
    onRetrying: hooks.onRetrying,
    onBytes: hooks.onBytes,
    onError(error) {
      const moved = error instanceof TransferError && [404, 410, 416].includes(error.status);
      // A new encode gives files new names: read the playlist again, but not for ever.
      if (moved && performance.now() - reloadedAt > 30_000) {
        reloadedAt = performance.now();
        const playing = !video.paused;
        feeder.load(source, video.currentTime);
        if (playing) void video.play().catch(() => undefined);
      } else hooks.onError(error);
    },
  });
  feeder.load(source, startAt);
  return () => feeder.destroy();
}

function playNative(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  hooks: EngineHooks,
): () => void {
  const onError = (): void => hooks.onError(new Error(video.error?.message || 'unsupported'));
  const onLoaded = (): void => {
    if (startAt > 0) video.currentTime = startAt;
  };
  video.addEventListener('error', onError);
  video.addEventListener('loadedmetadata', onLoaded, { once: true });
  video.src = url;
  return () => {
    video.removeEventListener('error', onError);
    video.removeEventListener('loadedmetadata', onLoaded);
  };
}

/** Runs something that arrives later; stopping before it arrived is honoured. */
function playLater(start: Promise<() => void>, hooks: EngineHooks): () => void {
  let stopped = false;
  let stop: (() => void) | null = null;
  start.then(
    (ready) => {
      if (stopped) ready();
      else stop = ready;
    },
    (error: unknown) => {
      if (!stopped) hooks.onError(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return () => {
    stopped = true;
    stop?.();
  };
}

/** Starts to play; the answer stops it. The caller starts the video itself. */
export function startEngine(
  video: HTMLVideoElement,
  lesson: Lesson,
  choice: string,
  startAt: number,
  hooks: EngineHooks,
): () => void {
  const rungs = listPlayable(lesson);
  const rung = rungs.find((item) => item.name === choice) ?? rungs[0];
  if (!rung) {
    hooks.onError(new Error('unsupported'));
    return () => undefined;
  }
  const native = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  if (findMediaSource()) {
    if (choice !== 'auto') return playFed(video, rung, startAt, hooks);
    const frugal = readLinkHints().frugal;
    const start = import('./auto').then(({ playAuto }) =>
      playAuto(video, findIndexUrl(rung), startAt, frugal, hooks),
    );
    return playLater(start, hooks);
  }
  if (native) {
    return playNative(video, choice === 'auto' ? findIndexUrl(rung) : rung.url!, startAt, hooks);
  }
  return playNative(video, rung.file_url ?? rung.url!, startAt, hooks);
}
