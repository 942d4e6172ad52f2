// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Another sound of a recorded lesson: an element of its own, fed by exact byte ranges as a rung is, that follows the
// picture's place, whose own sound is off meanwhile. It goes with every quality, `auto` too. Part of the chunk
// of controls.

import { budget, mayTransfer } from '../lib/budget';
import { decideStep } from '../lib/follow';
import { createStore } from '../lib/store';
import type { Sound } from '../lib/types';
import { Feeder } from './feeder';
import { readLinkHints } from './hints';
import { findMediaSource } from './mse';
import type { Session } from './session';

export interface OtherState {
  /** Null: the rung's own. */
  name: string | null;
  failed: boolean;
}

const FOLLOW_MS = 500;
/** As long a picture may go on in silence: a kept one does without a line, and when the budget is used up. */
const SILENCE_MS = 8000;

export class OtherSound {
  readonly state = createStore<OtherState>({ name: null, failed: false });
  private readonly audio = new Audio();
  private feeder: Feeder | null = null;
  /** When the picture began to go on without it. */
  private silentSince: number | null = null;
  private readonly video: HTMLVideoElement;

  constructor(private readonly session: Session) {
    this.video = session.video;
    const { signal } = session;
    for (const name of ['pause', 'waiting', 'emptied', 'seeking', 'ended'])
      this.video.addEventListener(name, () => this.audio.pause(), { signal });
    for (const name of ['playing', 'seeked', 'timeupdate', 'ratechange'])
      this.video.addEventListener(name, () => this.follow(), { signal });
    this.video.addEventListener('volumechange', () => (this.audio.volume = this.video.volume), { signal });
    this.audio.addEventListener('error', () => this.audio.src && this.fail(), { signal });
    const timer = setInterval(() => this.follow(), FOLLOW_MS);
    const unsubscribe = [session.state.subscribe(() => this.obey()), budget.subscribe(() => this.obey())];
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      for (const stop of unsubscribe) stop();
      this.drop();
    });
  }

  /** Null: the rung's own. */
  choose(sound: Sound | null, seconds: number): void {
    const before = this.state.get().name;
    if ((sound?.name ?? null) === before) return;
    if (before === null) this.audio.muted = this.video.muted;
    this.drop();
    this.state.set({ name: sound?.name ?? null, failed: false });
    this.video.muted = sound ? true : this.audio.muted;
    if (sound) this.begin(sound, seconds);
  }

  isMuted(): boolean {
    return this.state.get().name === null ? this.video.muted : this.audio.muted;
  }

  setMuted(muted: boolean): void {
    this.audio.muted = muted;
    if (this.state.get().name === null) this.video.muted = muted;
    else this.video.dispatchEvent(new Event('volumechange'));
  }

  private begin(sound: Sound, seconds: number): void {
    const fileUrl = new URL(sound.file_url, location.href).href;
    this.audio.volume = this.video.volume;
    if (findMediaSource()) {
      this.feeder = new Feeder(this.audio as unknown as HTMLVideoElement, {
        onRetrying: () => undefined,
        onReceived: (bytes) => this.session.receive(bytes),
        onError: () => this.fail(),
      });
      const bytesPerSecond = seconds > 0 ? sound.bytes / seconds : sound.bandwidth_bps / 8;
      const { frugal } = readLinkHints();
      const source = { fileUrl, codecs: sound.codecs, hasPicture: false, seconds, bytesPerSecond, frugal };
      this.feeder.load(source, this.video.currentTime);
    } else {
      this.audio.src = fileUrl;
      this.audio.currentTime = this.video.currentTime;
    }
    this.obey();
    this.follow();
  }

  private drop(): void {
    this.audio.pause();
    this.feeder?.destroy();
    this.feeder = null;
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  private fail(): void {
    if (this.state.get().name === null) return;
    this.choose(null, 0);
    this.state.set({ name: null, failed: true });
  }

  /** A browser that lets one element alone be heard, or none without a touch, says so when the other one is to play. */
  private obstruct(error: DOMException): void {
    if (error.name === 'NotAllowedError' || error.name === 'NotSupportedError') this.fail();
  }

  /** Nothing is fetched while the lesson stands still for its cost. */
  private obey(): void {
    this.feeder?.hold(this.session.state.get().phase !== 'active' || !mayTransfer());
  }

  private follow(): void {
    const { audio, video } = this;
    const goesOn = this.state.get().name !== null && !video.paused && !video.seeking && video.readyState >= 3;
    this.silentSince = goesOn && audio.readyState < 3 ? (this.silentSince ?? performance.now()) : null;
    if (!goesOn) return;
    if (this.silentSince !== null && performance.now() - this.silentSince > SILENCE_MS) {
      this.fail();
      return;
    }
    if (audio.paused) void audio.play().catch((error: DOMException) => this.obstruct(error));
    if (audio.readyState < 1 || audio.seeking) return;
    const step = decideStep((audio.currentTime - video.currentTime) * 1000);
    if (step.kind === 'anew' || step.kind === 'jump') audio.currentTime = video.currentTime;
    audio.playbackRate = video.playbackRate * (step.kind === 'rate' ? step.rate : 1);
  }
}

export const isMuted = ({ other, video }: Session): boolean => other?.isMuted() ?? video.muted;

export function setMuted({ other, video }: Session, muted: boolean): void {
  if (other) other.setMuted(muted);
  else video.muted = muted;
}
