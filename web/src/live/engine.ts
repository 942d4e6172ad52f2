// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plays one rung of a channel through hls.js (light build): at the live edge, or from a moment in the
// window. Rewound, it asks for a small piece of the window round the place that plays, so that a playlist
// of hours never crosses a thin link. A chunk of its own, fetched when play is pressed.

import Hls, {
  type ErrorData,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
} from 'hls.js/light';

export interface LiveHooks {
  onError: (unsupported: boolean) => void;
  onRetrying: (retrying: boolean) => void;
  /** A segment is here: its number, and where it begins on the element's time, in seconds. */
  onSegment?: (number: number, start: number) => void;
}

/** Media behind the place that plays and ahead of it in a rewound playlist. */
const BEHIND_MS = 30_000;
const PIECE_S = 150;
/** Segments last three seconds: so far behind the newest a player is safe from a late one. */
const EDGE_S = 9;
const REPAIRS = 6;

/** Tells one player from another behind one address (CTA-5004), as long as the page is open. */
const sessionId = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Address of a rung's playlist: of the newest minute, or of a piece of the window. */
export function playlistUrl(url: string, startMs: number | null): string {
  return startMs === null ? url : `${url}?start=${Math.max(0, Math.round(startMs))}&seconds=${PIECE_S}`;
}

export class LiveEngine {
  private readonly hls: Hls;
  private repairs = 0;
  private timer = 0;
  private held = false;
  /** The moment that the next playlist begins with; null at the live edge. */
  private startMs: number | null;

  constructor(
    private readonly video: HTMLMediaElement,
    private readonly url: string,
    /** On the air then, UTC milliseconds; null: the live edge. */
    private readonly fromMs: number | null,
    private readonly hooks: LiveHooks,
  ) {
    this.startMs = fromMs;
    this.hls = new Hls(this.makeConfig());
    this.hls.on(Hls.Events.ERROR, (_name, data) => this.onError(data));
    this.hls.on(Hls.Events.FRAG_LOADED, () => {
      this.repairs = 0;
      hooks.onRetrying(false);
    });
    this.hls.on(Hls.Events.FRAG_BUFFERED, (_name, { frag }) => {
      if (typeof frag.sn === 'number') hooks.onSegment?.(frag.sn, frag.start);
    });
    this.hls.loadSource(playlistUrl(url, fromMs));
    this.hls.attachMedia(video);
  }

  static isSupported(): boolean {
    return Hls.isSupported();
  }

  /** When what is shown was on the air, UTC milliseconds; null before the first segment. */
  wallNow(): number | null {
    return this.hls.playingDate?.getTime() ?? null;
  }

  /** Whether it plays the live edge and not the past. */
  isLive(): boolean {
    return this.fromMs === null;
  }

  /** Goes to a moment that is here already; false: another engine must begin there. */
  seekWall(ms: number): boolean {
    const list = this.hls.levels[0]?.details?.fragments ?? [];
    const at = list.find((frag) => {
      const begins = frag.programDateTime;
      return begins !== null && begins <= ms && ms < begins + frag.duration * 1000;
    });
    if (!at) return false;
    const to = at.start + (ms - at.programDateTime!) / 1000;
    const { buffered } = this.video;
    for (let index = 0; index < buffered.length; index += 1) {
      if (to < buffered.start(index) || to > buffered.end(index) - 1) continue;
      this.video.currentTime = to;
      return true;
    }
    return false;
  }

  /** Fetches nothing until release(). */
  hold(): void {
    this.held = true;
    this.hls.stopLoad();
  }

  release(): void {
    if (this.held) this.hls.startLoad();
    this.held = false;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.hls.destroy();
  }

  private makeConfig(): Partial<typeof Hls.DefaultConfig> {
    const place = (): string => {
      const wall = this.wallNow();
      // Never back: numbers of a playlist only grow.
      if (this.startMs !== null && wall !== null) this.startMs = Math.max(this.startMs, wall - BEHIND_MS);
      return playlistUrl(this.url, this.startMs);
    };
    class PieceLoader extends Hls.DefaultConfig.loader {
      override load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
        context.url = place();
        super.load(context, config, callbacks);
      }
    }
    return {
      // A worker would need a blob: script, which the content security policy refuses.
      enableWorker: false,
      liveSyncDuration: EDGE_S,
      maxBufferLength: 24,
      maxMaxBufferLength: 48,
      backBufferLength: 30,
      testBandwidth: false,
      xhrSetup: (request: XMLHttpRequest) => request.setRequestHeader('CMCD-Session', `sid="${sessionId}"`),
      // At the edge the address never changes, so that hls.js's own loader does.
      ...(this.fromMs === null ? {} : { pLoader: PieceLoader as unknown as typeof Hls.DefaultConfig.pLoader }),
    } as Partial<typeof Hls.DefaultConfig>;
  }

  private onError(data: ErrorData): void {
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR) this.hooks.onRetrying(true);
      return;
    }
    this.repairs += 1;
    if (this.repairs > REPAIRS) {
      this.hooks.onError(false);
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR) {
      this.hls.recoverMediaError();
    } else if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      this.hooks.onRetrying(true);
      this.timer = setTimeout(() => this.begin(), 1000 * this.repairs) as unknown as number;
    } else {
      this.hooks.onError(true);
    }
  }

  private begin(): void {
    // A playlist that never came has to be asked for anew; later ones go on from where they were.
    if (this.hls.levels.length === 0) this.hls.loadSource(playlistUrl(this.url, this.startMs));
    else this.hls.startLoad();
  }
}
