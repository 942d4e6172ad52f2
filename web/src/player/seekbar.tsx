// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The position in the lesson: played, loaded, and while scrubbing a small picture of the place. With
// sound alone the bar is the waveform.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { mayTransfer } from '../lib/budget';
import { formatClock } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import type { Session } from './session';
import { findTile, loadStoryboard, type Storyboard } from './storyboard';
import { foldPeaks, parsePeaks, type Peaks } from './waveform';

interface SeekProps {
  session: Session;
  lesson: Lesson;
  duration: number;
}

const SCRUB_KEYS = /^(?:Arrow(?:Left|Right|Up|Down)|Home|End)$/;

function findBufferedEnd(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let i = 0; i < buffered.length; i += 1) {
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) >= currentTime) return buffered.end(i);
  }
  return currentTime;
}

/** Bars from the middle line; what was played is lit by the range above through its own gradient. */
function Waveform({ peaks, duration, played }: { peaks: Peaks; duration: number; played: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = canvas.current;
    if (!element || typeof ResizeObserver !== 'function') return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const bars = Math.max(1, Math.floor(width / 4));
  const lit = duration > 0 ? Math.floor((played / duration) * bars) : 0;
  useWhen(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || width === 0) return;
    const scale = devicePixelRatio || 1;
    element.width = width * scale;
    element.height = element.clientHeight * scale;
    const height = element.height;
    foldPeaks(peaks, duration * 1000, bars).forEach((peak, index) => {
      const size = Math.max(scale * 2, peak * height * 0.95);
      context.fillStyle = index <= lit ? '#ffc53d' : '#8791b5';
      context.fillRect(index * 4 * scale, (height - size) / 2, 3 * scale, size);
    });
  }, [peaks, width, lit, duration]);
  return <canvas ref={canvas} class="waveform" aria-hidden="true" />;
}

/** The storyboard, fetched when somebody first scrubs. */
function useStoryboard(session: Session, url: string | null, wanted: boolean): Storyboard | null {
  const [board, setBoard] = useState<Storyboard | null>(null);
  useWhen(() => {
    if (!wanted || !url || !mayTransfer()) return undefined;
    const abort = new AbortController();
    loadStoryboard(url, abort.signal, (bytes) => session.receive(bytes)).then(setBoard, () => undefined);
    return () => abort.abort();
  }, [url, wanted]);
  useEffect(() => () => board?.close(), [board]);
  return board;
}

function Preview({ board, seconds, share }: { board: Storyboard | null; seconds: number; share: number }) {
  const tile = board && findTile(board, seconds);
  return (
    <div class="preview" style={{ '--at': String(share) }} aria-hidden="true">
      {tile && (
        <div
          class="preview-picture"
          style={{
            width: `${tile.width}px`,
            height: `${tile.height}px`,
            backgroundImage: `url("${tile.url}")`,
            backgroundPosition: `-${tile.x}px -${tile.y}px`,
          }}
        />
      )}
      <span>{formatClock(seconds)}</span>
    </div>
  );
}

export function SeekBar({ session, lesson, duration }: SeekProps) {
  const texts = useLateTexts();
  const { video } = session;
  const { waveform } = useStore(session.state);
  const peaks = useMemo(() => waveform && parsePeaks(waveform), [waveform]);
  const [scrubbed, setScrubbed] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);
  const [keyed, setKeyed] = useState(false);
  const board = useStoryboard(session, lesson.storyboard ?? null, scrubbed);
  const now = Math.min(video.currentTime, duration);
  const share = (seconds: number): string => `${duration > 0 ? (100 * seconds) / duration : 0}%`;
  const shown = pointed ?? (keyed && duration > 0 ? now / duration : null);
  const point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setPointed(Math.max(0, Math.min(1, (event.clientX - left) / Math.max(1, width))));
  };
  return (
    <div class={peaks ? 'seek-row seek-row-sound' : 'seek-row'}>
      {peaks && <Waveform peaks={peaks} duration={duration} played={now} />}
      <input
        class="seek"
        type="range"
        min={0}
        max={duration || 1}
        step={1}
        value={now}
        style={{ '--played': share(now), '--ready': share(findBufferedEnd(video)) }}
        aria-label={texts.player.seek}
        aria-valuetext={texts.player.position(formatClock(now), formatClock(duration))}
        onInput={(event) => {
          video.currentTime = Number(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (!SCRUB_KEYS.test(event.key)) return;
          setScrubbed(true);
          setKeyed(true);
        }}
        onBlur={() => setKeyed(false)}
        onPointerDown={(event) => {
          setKeyed(false);
          setScrubbed(true);
          point(event);
        }}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
        onPointerUp={(event) => event.pointerType !== 'mouse' && setPointed(null)}
        onPointerCancel={() => setPointed(null)}
      />
      {shown !== null && <Preview board={board} seconds={shown * duration} share={shown} />}
    </div>
  );
}
