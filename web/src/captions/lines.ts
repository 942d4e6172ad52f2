// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Captions on the picture. The video element shows the lines of its showing track by itself; over a
// still, which covers the element, they are drawn here from the same track.

import { recall, remember } from '../lib/storage';
import { plainText } from './cues';

interface Wish {
  language: string | null;
  shown: boolean;
}

export function recallWish(): Wish {
  return recall<Wish>('captions', { language: null, shown: false });
}

function isOurs(track: TextTrack): boolean {
  return track.kind === 'captions';
}

/** Shows one language, or none; remembered for the next lesson. */
export function showLanguage(video: HTMLVideoElement, language: string, shown: boolean): void {
  remember('captions', { language, shown });
  for (const track of Array.from(video.textTracks)) {
    if (!isOurs(track)) continue;
    const wanted = shown && track.language === language;
    track.mode = wanted ? 'showing' : 'disabled';
  }
}

/** The language that is shown now, also when a key or the player's button changed it. */
export function shownLanguage(video: HTMLVideoElement): string | null {
  const track = Array.from(video.textTracks).find((item) => isOurs(item) && item.mode === 'showing');
  return track?.language ?? null;
}

/** Draws the showing track's lines over a still. Returns what ends it. */
export function drawLines(video: HTMLVideoElement): () => void {
  const stage = video.parentElement;
  const box = document.createElement('div');
  box.className = 'caption-lines';
  box.setAttribute('aria-hidden', 'true');
  stage?.append(box);
  stage?.classList.add('caption-drawn');
  const draw = (): void => {
    const lines: string[] = [];
    for (const track of Array.from(video.textTracks)) {
      if (track.mode !== 'showing') continue;
      for (const cue of Array.from(track.activeCues ?? [])) lines.push(plainText((cue as VTTCue).text));
    }
    box.textContent = lines.join('\n');
    box.hidden = lines.length === 0;
  };
  const tracks = video.textTracks;
  const listen = (): void => {
    for (const track of Array.from(tracks)) track.addEventListener('cuechange', draw);
    draw();
  };
  tracks.addEventListener('addtrack', listen);
  tracks.addEventListener('change', listen);
  listen();
  return () => {
    tracks.removeEventListener('addtrack', listen);
    tracks.removeEventListener('change', listen);
    for (const track of Array.from(tracks)) track.removeEventListener('cuechange', draw);
    stage?.classList.remove('caption-drawn');
    box.remove();
  };
}
