// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The `auto` choice: hls.js (light build) over the lesson's multivariant playlist. A chunk of its own,
// fetched only when somebody presses play with `auto` chosen.

import Hls from 'hls.js/light';

export interface AutoHooks {
  onRetrying(retrying: boolean): void;
  onBytes(bytes: number): void;
  onError(error: Error): void;
}

/** Plays a multivariant playlist from a time on; the answer stops it and lets go of the video. */
export function playAuto(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  frugal: boolean,
  hooks: AutoHooks,
): () => void {
  const hls = new Hls({
    // A worker would need a blob: script, which the content security policy refuses.
    enableWorker: false,
    startPosition: startAt > 0 ? startAt : -1,
    maxBufferLength: frugal ? 16 : 30,
    maxMaxBufferLength: 60,
    backBufferLength: 20,
    capLevelToPlayerSize: true,
    abrEwmaDefaultEstimate: 200_000,
  });
  let mended = 0;
  hls.on(Hls.Events.FRAG_LOADED, (_name, data) => {
    mended = 0;
    hooks.onRetrying(false);
    hooks.onBytes(data.frag.stats.loaded);
  });
  hls.on(Hls.Events.ERROR, (_name, data) => {
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR) hooks.onRetrying(true);
      return;
    }
    mended += 1;
    if (mended > 5) hooks.onError(new Error(data.details));
    else if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      hooks.onRetrying(true);
      setTimeout(() => hls.startLoad(), 1000 * mended);
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else hooks.onError(new Error(data.details));
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return () => hls.destroy();
}
