// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One playing lesson: starts and stops the engine, remembers the place and the speed, changes the rung
// without losing the place, counts what came over the line and stops at the learner's budget. With what
// plays it is a chunk of its own, fetched when the page is idle or play is pressed.

import { call } from '../lib/api';
import { budget, countBytes, mayTransfer } from '../lib/budget';
import { recall, remember } from '../lib/storage';
import { createStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { Deck, fetchWhole } from './deck';
import { startEngine, type Engine } from './engine';
import type { SideTurn, SideWork } from './feeder';
import { rememberLink } from './hints';
import type { OtherSound } from './other-sound';
import { readMark, writeMark } from './resume';
import { findSound, isKept } from './support';
import { TransferError } from './transfer';

export interface SessionState {
  phase: 'active' | 'failed' | 'stopped';
  waiting: boolean;
  retrying: boolean;
  /** Seconds where playing went on from an earlier visit; 0 when it did not. */
  resumed: number;
  /** Bytes of the lesson that came over the line. */
  bytes: number;
  unsupported: boolean;
  deck: Deck | null;
  /** The waveform's file, as it is. */
  waveform: string | null;
}

export interface SessionStart {
  lesson: Lesson;
  choice: string;
  /** From a share link; wins over where the learner was. */
  at: number | null;
  /** The first sound, and the first slide where there are any, are there. Called once. */
  onSettled: () => void;
}

const MARK_MS = 5000;

/** Bytes of one still on average, as the prices tell. */
function guessStill(lesson: Lesson): number {
  const rung = lesson.rungs.find((item) => item.name === 'slides');
  const sound = findSound(lesson);
  if (!rung || !sound || !lesson.slides) return 30_000;
  return Math.max(5000, (rung.bytes - Math.min(sound.bytes, rung.bytes)) / Math.max(1, lesson.slides.count));
}

export class Session {
  readonly state = createStore<SessionState>({
    phase: 'active',
    waiting: false,
    retrying: false,
    resumed: 0,
    bytes: 0,
    unsupported: false,
    deck: null,
    waveform: null,
  });

  /** What plays another sound, once there is a choice of them. */
  other: OtherSound | null = null;
  private engine: Engine | null = null;
  private lesson: Lesson;
  private choice: string;
  private cap: string | null = null;
  private stoppedAt: number | null = null;
  /** Bytes over the line since this rung began. */
  private came = 0;
  private waveformAsked = false;
  private settle: (() => void) | null;
  private readonly abort = new AbortController();
  private readonly stopBudget: () => void;
  private readonly timer: number;

  constructor(
    readonly video: HTMLVideoElement,
    start: SessionStart,
  ) {
    this.lesson = start.lesson;
    this.choice = start.choice;
    this.settle = start.onSettled;
    const { signal } = this.abort;
    const listen = (name: string, act: () => void): void => video.addEventListener(name, act, { signal });
    listen('timeupdate', () => this.state.get().deck?.setTime(video.currentTime));
    listen('seeking', () => this.state.get().deck?.setTime(video.currentTime));
    listen('waiting', () => this.change({ waiting: true }));
    for (const name of ['playing', 'canplay', 'ended']) listen(name, () => this.change({ waiting: false }));
    listen('playing', () => this.state.get().deck ?? this.settled());
    // No key and no button plays on behind the question.
    listen('play', () => this.state.get().phase === 'stopped' && video.pause());
    listen('pause', () => this.save());
    listen('ended', () => writeMark(this.lesson.id, 0));
    listen('ratechange', () => remember('rate', video.playbackRate));
    addEventListener('pagehide', () => this.save(), { signal });
    this.timer = setInterval(() => this.save(), MARK_MS) as unknown as number;
    this.stopBudget = budget.subscribe(() => this.obeyBudget());
    const mark = start.at ?? readMark(this.lesson.id, (this.lesson.duration_ms ?? 0) / 1000);
    this.change({ resumed: start.at === null ? mark : 0 });
    if (!this.mustStop()) this.play(mark);
    else {
      this.stopAt(mark);
      this.settled();
    }
  }

  /** Aborted when the lesson is left. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** The newest lesson and choice; another rung goes on at the same place. */
  update(lesson: Lesson, choice: string): void {
    this.lesson = lesson;
    const cap = recall<string | null>('cap', null);
    if (choice === this.choice && (choice !== 'auto' || cap === this.cap)) return;
    this.choice = choice;
    this.came = 0;
    // At the end of the budget the new rung begins when the learner goes on; a kept one at once.
    if (this.mustStop()) this.stopAt(this.place());
    else this.play(this.place());
  }

  /** Plays (again) from where the learner is. */
  again(): void {
    this.play(this.place());
  }

  restart(): void {
    this.change({ resumed: 0 });
    this.video.currentTime = 0;
  }

  seek(seconds: number): void {
    this.video.currentTime = seconds;
    if (this.video.paused) void this.video.play().catch(() => undefined);
  }

  end(): void {
    this.save();
    this.abort.abort();
    clearInterval(this.timer);
    this.stopBudget();
    this.stopEngine();
  }

  /** The budget is used up, and this is not a kept copy (of which nothing came over the line). */
  private mustStop(): boolean {
    return !mayTransfer() && !(this.came === 0 && isKept(this.lesson, this.choice));
  }

  private stopAt(seconds: number): void {
    this.stopEngine();
    this.stoppedAt = seconds;
    this.change({ phase: 'stopped' });
  }

  private place(): number {
    return this.stoppedAt ?? this.video.currentTime;
  }

  private change(part: Partial<SessionState>): void {
    const now = this.state.get();
    const same = (Object.keys(part) as (keyof SessionState)[]).every((key) => Object.is(now[key], part[key]));
    if (!same) this.state.set({ ...now, ...part });
  }

  private settled(): void {
    this.settle?.();
    this.settle = null;
  }

  private save(): void {
    const { currentTime, ended } = this.video;
    if (currentTime > 0 && !ended) writeMark(this.lesson.id, currentTime);
  }

  private stopEngine(): void {
    rememberLink(this.engine?.speed() ?? null);
    this.engine?.stop();
    this.engine = null;
    this.state.get().deck?.close();
    this.change({ deck: null });
  }

  private play(at: number): void {
    const { video, lesson, choice } = this;
    this.stopEngine();
    this.stoppedAt = null;
    this.came = 0;
    this.change({ phase: 'active', retrying: false, unsupported: false });
    const side = this.makeSide();
    const cap = recall<string | null>('cap', null);
    this.cap = cap;
    // A new source resets the speed to the default one.
    video.defaultPlaybackRate = recall<number>('rate', 1);
    this.engine = startEngine(video, lesson, { name: choice, cap, side }, at, {
      onRetrying: (retrying) => this.change({ retrying }),
      onReceived: (bytes) => this.receive(bytes),
      onMoved: () => call<Lesson>(`lessons/${lesson.id}`),
      onError: (error) => {
        this.save();
        console.warn('playing stopped:', error.message);
        this.settled();
        this.change({ phase: 'failed', unsupported: error.message === 'unsupported' });
      },
    });
    video.playbackRate = video.defaultPlaybackRate;
    void video.play().catch(() => undefined);
  }

  /** Counts what came over the line for this lesson. */
  receive(bytes: number): void {
    this.came += bytes;
    countBytes(bytes);
    this.change({ bytes: this.state.get().bytes + bytes });
  }

  /** What shares the line with the sound: stills, or the waveform. */
  private makeSide(): SideWork | null {
    const { lesson } = this;
    if (this.choice === 'slides' && lesson.slides) {
      const deck = new Deck(lesson.slides.vtt, guessStill(lesson), () => this.video.playbackRate);
      this.change({ deck });
      deck.state.subscribe(() => {
        if (deck.isSettled()) this.settled();
      });
      void deck.open(this.deckHooks(), this.abort.signal);
      return deck;
    }
    const url = lesson.waveform;
    if (this.choice !== 'voice' || !url || this.state.get().waveform) return null;
    return { run: (turn) => this.runWaveform(url, turn) };
  }

  private deckHooks() {
    return {
      onBytes: () => Promise.resolve(),
      onReceived: (bytes: number) => this.receive(bytes),
      onRetrying: () => undefined,
      onMeasured: () => undefined,
    };
  }

  private async runWaveform(url: string, turn: SideTurn): Promise<true | number> {
    if (this.waveformAsked) return Infinity;
    const needed = turn.window * 0.6;
    if (turn.ahead < needed) return needed;
    try {
      const file = await fetchWhole(new URL(url, location.href).href, turn.signal, turn.hooks);
      this.change({ waveform: await file.text() });
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
    }
    this.waveformAsked = true;
    return true;
  }

  /** Fetches a still that the learner asked to see in the strip. */
  async fetchStill(index: number): Promise<void> {
    if (mayTransfer()) await this.state.get().deck?.fetchStill(index, this.deckHooks(), this.abort.signal);
  }

  /** Stops at the budget, and goes on when the learner says so. */
  private obeyBudget(): void {
    const { phase } = this.state.get();
    if (phase === 'active' && this.mustStop()) {
      this.stoppedAt = this.video.currentTime;
      this.engine?.hold(true);
      this.video.pause();
      this.change({ phase: 'stopped' });
    } else if (phase === 'stopped' && !this.mustStop()) {
      if (!this.engine) this.play(this.place());
      else {
        this.stoppedAt = null;
        this.engine.hold(false);
        this.change({ phase: 'active' });
        void this.video.play().catch(() => undefined);
      }
    }
  }
}
