// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The player's shortcuts. They work while the focus is anywhere in the player, and leave alone keys
// that a focused control needs itself.

import { recall, remember } from '../lib/storage';
import { isMuted, setMuted } from './other-sound';
import type { Session } from './session';

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export { RATES };

function seek(video: HTMLVideoElement, by: number): void {
  const end = Number.isFinite(video.duration) ? video.duration : Infinity;
  video.currentTime = Math.max(0, Math.min(end - 0.1, video.currentTime + by));
}

/** Plays when paused, pauses when playing. */
export function togglePlay(video: HTMLVideoElement): void {
  if (video.paused) void video.play().catch(() => undefined);
  else video.pause();
}

/** Whole screen for the player, with the browser's own way where there is only that. */
export function toggleFullscreen(box: HTMLElement | null, video: HTMLVideoElement): void {
  const apple = video as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (box?.requestFullscreen) void box.requestFullscreen().catch(() => undefined);
  else apple.webkitEnterFullscreen?.();
}

/** Shows the captions, in the language chosen before if there is one, or hides them; remembered. */
export function toggleCaptions(video: HTMLVideoElement): void {
  const tracks = Array.from(video.textTracks).filter((track) => track.kind === 'captions');
  const { language } = recall<{ language: string | null }>('captions', { language: null });
  const showing = tracks.find((track) => track.mode === 'showing');
  const chosen = tracks.find((track) => track.language === language) ?? tracks[0];
  for (const track of tracks) track.mode = !showing && track === chosen ? 'showing' : 'disabled';
  if (chosen) remember('captions', { language: (showing ?? chosen).language, shown: !showing });
}

function stepRate(video: HTMLVideoElement, by: number): void {
  const at = RATES.indexOf(video.playbackRate);
  const next = RATES[(at < 0 ? 2 : at) + by];
  if (next) video.playbackRate = next;
}

/** Goes to the slide before (-1) or after (1) the one that is shown; builds are not slides of their own. */
export function stepSlide(session: Session, by: number): boolean {
  const deck = session.state.get().deck?.state.get();
  if (!deck || deck.at < 0) return false;
  const here = deck.groups.findIndex((group) => group.last >= deck.at);
  const group = deck.groups[here + by];
  const still = group && deck.stills[group.first];
  if (still) session.seek(still.start + 0.01);
  return true;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}

function act(key: string, session: Session, box: HTMLElement | null): boolean {
  const { video } = session;
  if (session.state.get().phase === 'stopped') return false;
  if (key === 'PageUp' || key === 'PageDown') return stepSlide(session, key === 'PageUp' ? -1 : 1);
  if (/^[0-9]$/.test(key) && Number.isFinite(video.duration)) {
    video.currentTime = (video.duration * Number(key)) / 10;
    return true;
  }
  const actions: Record<string, () => void> = {
    ' ': () => togglePlay(video),
    k: () => togglePlay(video),
    ArrowLeft: () => seek(video, -5),
    ArrowRight: () => seek(video, 5),
    j: () => seek(video, -10),
    l: () => seek(video, 10),
    ArrowUp: () => (video.volume = Math.min(1, video.volume + 0.1)),
    ArrowDown: () => (video.volume = Math.max(0, video.volume - 0.1)),
    m: () => setMuted(session, !isMuted(session)),
    f: () => toggleFullscreen(box, video),
    c: () => toggleCaptions(video),
    '<': () => stepRate(video, -1),
    '>': () => stepRate(video, 1),
  };
  const action = actions[key.length === 1 ? key.toLowerCase() : key];
  action?.();
  return action !== undefined;
}

/** Handles a key pressed somewhere in the player. */
export function handleKey(event: KeyboardEvent, session: Session, box: HTMLElement | null): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const onButton = event.target instanceof HTMLButtonElement;
  if (onButton && (event.key === ' ' || event.key === 'Enter')) return;
  if (isControl(event.target) && !/^(?:[a-z<>]|PageUp|PageDown)$/i.test(event.key)) return;
  if (event.target instanceof HTMLSelectElement) return;
  if (act(event.key, session, box)) event.preventDefault();
}
