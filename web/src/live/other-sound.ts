// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Another sound of a channel beside the picture: an element of its own that follows the picture's, whose own
// sound is off meanwhile. Both tell when on the air they are; the sound is sped up or slowed down a little,
// or jumps, until they agree.

import { decideStep } from '../lib/follow';
import { LiveEngine } from './engine';
import type { ChannelTrack } from './types';

export class OtherSound {
  private readonly audio = new Audio();
  private engine: LiveEngine | null = null;
  private track: ChannelTrack | null = null;
  private mutedBefore = false;
  private readonly abort = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly wallNow: () => number | null,
    private readonly onFailure: () => void,
  ) {
    const { signal } = this.abort;
    video.addEventListener('timeupdate', () => this.follow(), { signal });
    for (const name of ['pause', 'waiting', 'emptied'])
      video.addEventListener(name, () => this.audio.pause(), { signal });
    video.addEventListener('playing', () => this.follow(), { signal });
  }

  choose(track: ChannelTrack | null): void {
    if (track?.name === this.track?.name) return;
    if (!this.track) {
      this.mutedBefore = this.video.muted;
      this.audio.muted = this.mutedBefore;
    }
    this.drop();
    this.track = track;
    this.video.muted = track ? true : this.audio.muted;
    this.follow();
  }

  isMuted(): boolean {
    return this.track ? this.audio.muted : this.video.muted;
  }

  setMuted(muted: boolean): void {
    this.audio.muted = muted;
    if (!this.track) this.video.muted = muted;
  }

  stop(): void {
    this.abort.abort();
    this.drop();
    this.track = null;
  }

  private drop(): void {
    this.audio.pause();
    this.engine?.stop();
    this.engine = null;
  }

  private begin(wall: number): void {
    this.drop();
    this.engine = new LiveEngine(this.audio, this.track!.url, wall, {
      onError: () => {
        this.drop();
        this.onFailure();
      },
      onRetrying: () => undefined,
    });
  }

  private follow(): void {
    const wall = this.wallNow();
    if (!this.track || wall === null || this.video.paused || this.video.readyState < 3) return;
    if (!this.engine) {
      this.begin(wall);
      return;
    }
    if (this.audio.paused) void this.audio.play().catch(() => undefined);
    const heard = this.engine.wallNow();
    if (heard === null || this.audio.readyState < 3 || this.audio.seeking) return;
    const step = decideStep(heard - wall);
    if (step.kind === 'anew') this.begin(wall);
    else if (step.kind === 'jump') this.audio.currentTime -= (heard - wall) / 1000;
    this.audio.playbackRate = step.kind === 'rate' ? step.rate : 1;
  }
}
