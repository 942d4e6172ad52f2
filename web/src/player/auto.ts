// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The `auto` choice: hls.js (light build) over one family's multivariant playlist. It starts with the
// lowest rung, never goes above the cap, and rather stays low than stalls. A chunk of its own, fetched
// only when somebody presses play with `auto` chosen.

import Hls, { type ErrorData, type Level } from 'hls.js/light';
import type { Rung } from '../lib/types';
import type { Engine, EngineHooks } from './engine';

export interface AutoSource {
  /** Address of the multivariant playlist. */
  url: string;
  cap: Rung;
  startAt: number;
  frugal: boolean;
}

/** Head bytes of an answer with a range; hls.js does not show them. */
const HEAD_BYTES = 420;

/** The highest level that is the cap or below it; 0 when none is. */
export function findCapLevel(levels: readonly Pick<Level, 'url' | 'bitrate'>[], cap: Rung): number {
  const name = cap.url!.split('/').pop()!;
  const same = levels.findIndex((level) => level.url.some((url) => url.split('/').pop() === name));
  if (same >= 0) return same;
  let best = 0;
  levels.forEach((level, index) => {
    if (level.bitrate <= cap.bandwidth_bps) best = Math.max(best, index);
  });
  return best;
}

function mend(hls: Hls, data: ErrorData, times: number, hooks: EngineHooks): void {
  if (times > 5) hooks.onError(new Error(data.details));
  else if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
    hooks.onRetrying(true);
    setTimeout(() => hls.startLoad(), 1000 * times);
  } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
  else hooks.onError(new Error(data.details));
}

function countTransfers(hls: Hls, hooks: EngineHooks): void {
  const received = (bytes: number): void => {
    if (bytes > 0) hooks.onReceived(bytes + HEAD_BYTES);
  };
  hls.on(Hls.Events.FRAG_LOADED, (_name, data) => received(data.frag.stats.loaded));
  hls.on(Hls.Events.FRAG_LOAD_EMERGENCY_ABORTED, (_name, data) => received(data.stats.loaded));
  hls.on(Hls.Events.LEVEL_LOADED, (_name, data) => received(data.stats.loaded));
  hls.on(Hls.Events.MANIFEST_LOADED, (_name, data) => received(data.stats.loaded));
}

/** Plays a multivariant playlist from a time on. */
export function playAuto(video: HTMLVideoElement, source: AutoSource, hooks: EngineHooks): Engine {
  const hls = new Hls({
    // A worker would need a blob: script, which the content security policy refuses.
    enableWorker: false,
    startPosition: source.startAt > 0 ? source.startAt : -1,
    startLevel: 0,
    testBandwidth: false,
    maxBufferLength: source.frugal ? 16 : 30,
    maxMaxBufferLength: 60,
    backBufferLength: 20,
    capLevelToPlayerSize: true,
    abrEwmaDefaultEstimate: 100_000,
    abrBandWidthFactor: 0.75,
    abrBandWidthUpFactor: 0.5,
    maxStarvationDelay: 1,
  });
  let mended = 0;
  hls.on(Hls.Events.MANIFEST_PARSED, (_name, data) => {
    // Taken out, not capped: capLevelToPlayerSize moves the cap as the window grows.
    const top = findCapLevel(data.levels, source.cap);
    for (let index = data.levels.length - 1; index > top; index -= 1) hls.removeLevel(index);
  });
  hls.on(Hls.Events.FRAG_LOADED, () => {
    mended = 0;
    hooks.onRetrying(false);
  });
  hls.on(Hls.Events.ERROR, (_name, data) => {
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR) hooks.onRetrying(true);
      return;
    }
    mended += 1;
    mend(hls, data, mended, hooks);
  });
  countTransfers(hls, hooks);
  hls.loadSource(source.url);
  hls.attachMedia(video);
  return {
    stop: () => hls.destroy(),
    hold: (held) => (held ? hls.stopLoad() : hls.startLoad()),
    nudge: () => undefined,
    speed: () => (hls.bandwidthEstimate > 0 ? hls.bandwidthEstimate / 8 : null),
  };
}
