// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The stills of a playing lesson: knows which one belongs to the present time and fetches it, and the
// next one, when the feeder gives the line for it. What came of a still that was broken off is kept.

import { createStore } from '../lib/store';
import type { SideTurn, SideWork } from './feeder';
import { findStill, groupStills, parseSlides, planStill, type SlideGroup, type Still } from './slides';
import { fetchRange, TransferError, type TransferHooks } from './transfer';

export interface DeckState {
  stills: readonly Still[];
  groups: readonly SlideGroup[];
  /** The still of the present time; -1 before slides.vtt is there. */
  at: number;
  /** Addresses of the stills that are here, by index. */
  urls: Readonly<Record<number, string>>;
  /** What is on the screen: the still of the present time or, until it is here, an earlier one. */
  shown: number;
  /** slides.vtt cannot be had. */
  broken: boolean;
}

/** Until the line was measured: what a lesson is made for. */
const GUESSED_SPEED = 8000;
const MOST_BYTES = 24 << 20;
/** Seconds in which a still counts as due soon. */
const SOON = 20;

export class Deck implements SideWork {
  readonly state = createStore<DeckState>({
    stills: [],
    groups: [],
    at: -1,
    urls: {},
    shown: -1,
    broken: false,
  });

  private readonly held = new Map<number, { url: string; bytes: number }>();
  private readonly parts = new Map<number, { parts: Uint8Array[]; bytes: number }>();
  private now = 0;
  private readonly baseUrl: string;

  constructor(
    vttUrl: string,
    readonly bytesPerStill: number,
    private readonly readRate: () => number,
  ) {
    this.baseUrl = new URL(vttUrl, location.href).href;
  }

  /** Reads slides.vtt; called once, beside the first bytes of sound. */
  async open(hooks: TransferHooks, signal: AbortSignal): Promise<void> {
    try {
      const stills = parseSlides(await (await fetchWhole(this.baseUrl, signal, hooks)).text());
      this.state.update((state) => ({ ...state, stills, groups: groupStills(stills) }));
      this.setTime(this.now);
    } catch (error) {
      if (signal.aborted) return;
      console.warn('slides:', error);
      this.state.update((state) => ({ ...state, broken: true }));
    }
  }

  /** The still of the present time is here, and the next one if it is due soon; or none can be had. */
  isSettled(): boolean {
    const { stills, at, shown, broken } = this.state.get();
    const next = stills[at + 1];
    const calm = !next || this.held.has(at + 1) || next.start - this.now > SOON;
    return broken || (shown >= 0 && calm);
  }

  /** Follows the playhead. */
  setTime(seconds: number): void {
    this.now = seconds;
    const { stills, at } = this.state.get();
    if (stills.length === 0) return;
    const next = findStill(stills, seconds);
    if (next !== at) this.show(next);
  }

  async run(turn: SideTurn): Promise<true | number> {
    const { stills } = this.state.get();
    if (stills.length === 0) return this.state.get().broken ? Infinity : 8;
    const wish = planStill(stills, new Set(this.held.keys()), this.now, {
      bytesOf: (index) => this.guessBytes(index),
      speed: turn.speed ?? GUESSED_SPEED,
      window: turn.window,
      rate: this.readRate(),
    });
    if (!wish) return Infinity;
    if (turn.ahead < wish.ahead) return wish.ahead;
    await this.fetchStill(wish.index, turn.hooks, turn.signal);
    return true;
  }

  /** What is still to come of a still: a build has more than the one before; what came before counts. */
  private guessBytes(index: number): number {
    const before = this.state.get().stills[index]?.grows ? (this.held.get(index - 1)?.bytes ?? 0) : 0;
    const whole = Math.max(this.bytesPerStill, before * 1.25);
    return Math.max(2000, whole - (this.parts.get(index)?.bytes ?? 0));
  }

  /** Fetches one still; a file that is not there is not asked for again. */
  async fetchStill(index: number, hooks: TransferHooks, signal: AbortSignal): Promise<void> {
    const still = this.state.get().stills[index];
    if (!still || this.held.has(index)) return;
    const kept = this.parts.get(index) ?? { parts: [], bytes: 0 };
    this.parts.set(index, kept);
    const take = async (bytes: Uint8Array): Promise<void> => {
      kept.parts.push(bytes);
      kept.bytes += bytes.length;
    };
    try {
      const url = new URL(still.file, this.baseUrl).href;
      await fetchRange(url, kept.bytes, Infinity, signal, { ...hooks, onBytes: take });
      this.keep(index, kept.parts as Uint8Array<ArrayBuffer>[], kept.bytes);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      this.keep(index, [], 0);
    }
    this.parts.delete(index);
  }

  /** Lets go of all pictures. */
  close(): void {
    for (const { url } of this.held.values()) if (url) URL.revokeObjectURL(url);
    this.held.clear();
  }

  private keep(index: number, parts: Uint8Array<ArrayBuffer>[], bytes: number): void {
    const url = bytes > 0 ? URL.createObjectURL(new Blob(parts, { type: 'image/webp' })) : '';
    this.held.set(index, { url, bytes });
    this.forgetFar();
    this.show(this.state.get().at);
  }

  /** Keeps memory in bounds: the still furthest from the present one goes. */
  private forgetFar(): void {
    const far = [...this.held.keys()].sort((a, b) => this.distance(b) - this.distance(a));
    let sum = [...this.held.values()].reduce((all, item) => all + item.bytes, 0);
    for (const index of far) {
      if (sum <= MOST_BYTES || this.distance(index) <= 1) return;
      const item = this.held.get(index)!;
      sum -= item.bytes;
      URL.revokeObjectURL(item.url);
      this.held.delete(index);
    }
  }

  private distance(index: number): number {
    return Math.abs(index - this.state.get().at);
  }

  private show(at: number): void {
    this.state.update((state) => {
      const urls = Object.fromEntries([...this.held].map(([index, item]) => [index, item.url]));
      let shown = at;
      while (shown > 0 && !urls[shown]) shown -= 1;
      return { ...state, at, urls, shown: urls[shown] ? shown : -1 };
    });
  }
}

/** A small file whole, through cuts. */
export async function fetchWhole(url: string, signal: AbortSignal, hooks: TransferHooks): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const onBytes = async (bytes: Uint8Array): Promise<void> => void parts.push(bytes as Uint8Array<ArrayBuffer>);
  await fetchRange(url, 0, Infinity, signal, { ...hooks, onBytes });
  return new Blob(parts);
}
