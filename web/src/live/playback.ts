// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One playing channel: which engine plays what, changes of rung and of moment, the learner's budget.
// Fetched with hls.js when play is pressed.

import { budget, mayTransfer } from '../lib/budget';
import { createStore } from '../lib/store';
import { LiveCaptions } from './captions';
import { LiveEngine } from './engine';
import { OtherSound } from './other-sound';
import type { ChannelRung, ChannelTrack } from './types';

export interface PlaybackState {
  phase: 'active' | 'failed' | 'unsupported' | 'stopped';
  retrying: boolean;
  waiting: boolean;
  live: boolean;
  /** When what is shown was on the air, UTC milliseconds; 0 before the first picture. */
  wallMs: number;
  /** Of the tracks that are heard and read beside the rung. */
  sound: string | null;
  captions: string | null;
  muted: boolean;
}

/** Paused for longer, the newest minute may have gone on without what was shown. */
const LONG_PAUSE_MS = 20_000;
/** Paused for longer, nothing is fetched: what can be buffered is here. */
const HOLD_MS = 60_000;

export class Playback {
  readonly state = createStore<PlaybackState>({
    phase: 'active',
    retrying: false,
    waiting: true,
    live: true,
    wallMs: 0,
    sound: null,
    captions: null,
    muted: false,
  });

  private engine: LiveEngine | null = null;
  private readonly captions: LiveCaptions;
  private readonly other: OtherSound;
  private pausedAt = 0;
  private pauseTimer = 0;
  private readonly abort = new AbortController();
  private readonly stopBudget: () => void;

  constructor(
    private readonly video: HTMLVideoElement,
    private rung: ChannelRung,
    from: number | null,
  ) {
    const { signal } = this.abort;
    this.captions = new LiveCaptions(video);
    this.other = new OtherSound(video, () => this.engine?.wallNow() ?? null, () => this.setSound(null));
    video.addEventListener('volumechange', () => this.change({ muted: this.other.isMuted() }), { signal });
    video.addEventListener('timeupdate', () => this.follow(), { signal });
    video.addEventListener('waiting', () => this.change({ waiting: true }), { signal });
    for (const name of ['playing', 'canplay'])
      video.addEventListener(name, () => this.change({ waiting: false }), { signal });
    video.addEventListener('pause', () => this.rest(), { signal });
    video.addEventListener('play', () => this.resume(), { signal });
    this.stopBudget = budget.subscribe(() => this.obeyBudget());
    this.begin(from);
  }

  /** Goes to a moment of the window. */
  seek(ms: number): void {
    if (this.engine?.seekWall(ms)) this.change({ wallMs: ms, live: false });
    else this.begin(ms);
    void this.video.play().catch(() => undefined);
  }

  goLive(): void {
    this.begin(null);
  }

  /** Another quality at the same moment. */
  setRung(rung: ChannelRung): void {
    if (rung.name === this.rung.name) return;
    const { live, wallMs } = this.state.get();
    this.rung = rung;
    if (this.engine) this.begin(live ? null : wallMs);
  }

  /** Another sound in the place of the rung's own; null: its own. */
  setSound(track: ChannelTrack | null): void {
    this.other.choose(track);
    this.change({ sound: track?.name ?? null, muted: this.other.isMuted() });
  }

  setCaptions(track: ChannelTrack | null): void {
    this.captions.choose(track);
    this.change({ captions: track?.name ?? null });
  }

  setMuted(muted: boolean): void {
    this.other.setMuted(muted);
    this.change({ muted });
  }

  /** After a failure, or “go on this once”. */
  again(): void {
    const { live, wallMs } = this.state.get();
    this.begin(live || wallMs === 0 ? null : wallMs);
  }

  stop(): void {
    clearTimeout(this.pauseTimer);
    this.abort.abort();
    this.stopBudget();
    this.other.stop();
    this.captions.choose(null);
    this.engine?.stop();
    this.engine = null;
  }

  private begin(ms: number | null): void {
    this.engine?.stop();
    this.engine = null;
    this.captions.forget();
    if (!LiveEngine.isSupported()) {
      this.change({ phase: 'unsupported' });
      return;
    }
    if (!mayTransfer()) {
      this.change({ phase: 'stopped', live: ms === null });
      return;
    }
    this.change({ phase: 'active', retrying: false, waiting: true, live: ms === null, ...(ms === null ? {} : { wallMs: ms }) });
    this.engine = new LiveEngine(this.video, this.rung.url, ms, {
      onError: (unsupported) => {
        this.engine?.stop();
        this.engine = null;
        this.change({ phase: unsupported ? 'unsupported' : 'failed' });
      },
      onSegment: (number, start) => this.captions.take(number, start),
      onRetrying: (retrying) => {
        if (this.state.get().retrying !== retrying) this.change({ retrying });
      },
    });
    void this.video.play().catch(() => undefined);
  }

  /** Who pauses for long needs no playlist: nothing is fetched, and a channel that nobody else watches may rest. */
  private rest(): void {
    this.pausedAt = Date.now();
    clearTimeout(this.pauseTimer);
    this.pauseTimer = window.setTimeout(() => this.engine?.hold(), HOLD_MS);
  }

  /** After a long pause at the live edge it goes on where it was, as any other moment of the window. */
  private resume(): void {
    const { wallMs } = this.state.get();
    const long = this.pausedAt > 0 && Date.now() - this.pausedAt > LONG_PAUSE_MS;
    this.pausedAt = 0;
    clearTimeout(this.pauseTimer);
    if (long && wallMs > 0 && this.engine?.isLive()) this.begin(wallMs);
    else this.engine?.release();
  }

  private follow(): void {
    const wall = this.engine?.wallNow();
    if (wall && Math.abs(wall - this.state.get().wallMs) >= 500) this.change({ wallMs: wall });
  }

  private obeyBudget(): void {
    if (mayTransfer() || !this.engine) return;
    this.video.pause();
    this.other.choose(null);
    this.engine.stop();
    this.engine = null;
    this.change({ phase: 'stopped' });
  }

  private change(part: Partial<PlaybackState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }
}
