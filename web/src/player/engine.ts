// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Chooses how a rung is played in this browser: the feeder for a chosen rung, hls.js for `auto`, the
// browser's own HLS only where there is no MSE, the plain MP4 file where there is neither.

import { readLinkHints } from './hints';
import { Feeder, type FeederSource, type SideWork } from './feeder';
import { findMediaSource } from './mse';
import { findCap, findSound, hasPicture, listPlayable } from './support';
import { TransferError } from './transfer';
import type { Lesson, Rung } from '../lib/types';

export interface EngineHooks {
  onRetrying(retrying: boolean): void;
  /** Every byte that came over the link, heads included. */
  onReceived(bytes: number): void;
  onError(error: Error): void;
  /** The lesson's files have new names; the newest lesson. */
  onMoved(): Promise<Lesson>;
}

export interface Engine {
  stop(): void;
  /** Transfers nothing until told otherwise. */
  hold(held: boolean): void;
  /** The side has new work. */
  nudge(): void;
  /** Bytes a second, if measured. */
  speed(): number | null;
}

export interface EngineChoice {
  /** A rung's name, or `auto`. */
  name: string;
  /** The best rung that `auto` may take. */
  cap: string | null;
  side: SideWork | null;
}

/** How often a file that moved is asked for again. */
const RELOAD_MS = 30_000;

/** The rung whose file plays: `slides` and `voice` play the better of the two sound files. */
function findFile(lesson: Lesson, name: string): Rung | undefined {
  if (name === 'voice' || name === 'slides') return findSound(lesson);
  return listPlayable(lesson).find((rung) => rung.name === name);
}

function describe(lesson: Lesson, rung: Rung, side: SideWork | null): FeederSource {
  const seconds = (lesson.duration_ms ?? 0) / 1000;
  return {
    fileUrl: new URL(rung.file_url ?? rung.url!.replace(/m3u8$/, 'mp4'), location.href).href,
    codecs: rung.codecs,
    hasPicture: hasPicture(rung),
    seconds,
    bytesPerSecond: seconds > 0 ? rung.bytes / seconds : rung.bandwidth_bps / 8,
    frugal: readLinkHints().frugal,
    ...(side ? { side } : {}),
  };
}

function playFed(
  video: HTMLVideoElement,
  rung: Rung,
  start: { lesson: Lesson; choice: EngineChoice; at: number },
  hooks: EngineHooks,
): Engine {
  let reloadedAt = -Infinity;
  const reload = async (): Promise<void> => {
    const lesson = await hooks.onMoved();
    const moved = findFile(lesson, start.choice.name);
    if (!moved) throw new Error('unsupported');
    const playing = !video.paused;
    feeder.load(describe(lesson, moved, start.choice.side), video.currentTime);
    if (playing) void video.play().catch(() => undefined);
  };
  const feeder = new Feeder(video, {
    onRetrying: hooks.onRetrying,
    onReceived: hooks.onReceived,
    onError(error) {
      const moved = error instanceof TransferError && [404, 410, 416].includes(error.status);
      // A new encode gives files new names: read the lesson again, but not for ever.
      if (moved && performance.now() - reloadedAt > RELOAD_MS) {
        reloadedAt = performance.now();
        reload().catch(hooks.onError);
      } else hooks.onError(error);
    },
  });
  feeder.load(describe(start.lesson, rung, start.choice.side), start.at);
  return {
    stop: () => feeder.destroy(),
    hold: (held) => feeder.hold(held),
    nudge: () => feeder.nudge(),
    speed: () => feeder.measured,
  };
}

const STILL_ENGINE: Engine = {
  stop: () => undefined,
  hold: () => undefined,
  nudge: () => undefined,
  speed: () => null,
};

function playNative(video: HTMLVideoElement, url: string, startAt: number, hooks: EngineHooks): Engine {
  const onError = (): void => hooks.onError(new Error(video.error?.message || 'unsupported'));
  const onLoaded = (): void => {
    if (startAt > 0) video.currentTime = startAt;
  };
  video.addEventListener('error', onError);
  video.addEventListener('loadedmetadata', onLoaded, { once: true });
  video.src = url;
  return {
    ...STILL_ENGINE,
    stop() {
      video.removeEventListener('error', onError);
      video.removeEventListener('loadedmetadata', onLoaded);
    },
  };
}

/** Runs something that arrives later; stopping and holding before it arrived are honoured. */
function playLater(start: Promise<Engine>, hooks: EngineHooks): Engine {
  let stopped = false;
  let held = false;
  let engine: Engine | null = null;
  start.then(
    (ready) => {
      if (stopped) ready.stop();
      else engine = ready;
      if (held) ready.hold(true);
    },
    (error: unknown) => {
      if (!stopped) hooks.onError(error instanceof Error ? error : new Error(String(error)));
    },
  );
  return {
    ...STILL_ENGINE,
    stop() {
      stopped = true;
      engine?.stop();
    },
    hold(now) {
      held = now;
      engine?.hold(now);
    },
    speed: () => engine?.speed() ?? null,
  };
}

/** The multivariant playlist of the cap's family, beside a rung's own playlist. */
function findIndexUrl(rung: Rung): string {
  const name = rung.family === 'av1' ? 'index-av1.m3u8' : 'index.m3u8';
  return rung.url!.replace(/[^/]*$/, name);
}

/** Starts to play. The caller starts the video itself. */
export function startEngine(
  video: HTMLVideoElement,
  lesson: Lesson,
  choice: EngineChoice,
  startAt: number,
  hooks: EngineHooks,
): Engine {
  const rungs = listPlayable(lesson);
  const auto = choice.name === 'auto' ? findCap(rungs, choice.cap) : undefined;
  const rung = auto ?? findFile(lesson, choice.name) ?? findFile(lesson, rungs[0]?.name ?? '');
  if (!rung) {
    hooks.onError(new Error('unsupported'));
    return STILL_ENGINE;
  }
  if (findMediaSource()) {
    if (!auto) return playFed(video, rung, { lesson, choice, at: startAt }, hooks);
    const frugal = readLinkHints().frugal;
    const start = import('./auto').then(({ playAuto }) =>
      playAuto(video, { url: findIndexUrl(rung), cap: rung, startAt, frugal }, hooks),
    );
    return playLater(start, hooks);
  }
  const native = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  if (native && auto) return playNative(video, findIndexUrl(rung), startAt, hooks);
  return playNative(video, native ? rung.url! : (rung.file_url ?? rung.url!), startAt, hooks);
}
