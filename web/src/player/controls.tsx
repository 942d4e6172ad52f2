// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The bar below the picture: play, position, volume, speed, captions, whole screen. With the shortcuts it
// is a chunk of its own, fetched when play is pressed.

import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { formatClock } from '../lib/format';
import { Icon } from '../ui/icons';
import { handleKey, RATES, toggleCaptions, toggleFullscreen, togglePlay } from './keys';

export { handleKey, togglePlay };

interface ControlsProps {
  video: HTMLVideoElement;
  box: RefObject<HTMLElement>;
  duration: number;
  hasCaptions: boolean;
}

const EVENTS = [
  'play',
  'pause',
  'timeupdate',
  'seeking',
  'progress',
  'durationchange',
  'volumechange',
  'ratechange',
  'ended',
] as const;

/** Renders again when the video's state changes. */
function useVideoState(video: HTMLVideoElement): void {
  const [, poke] = useState(0);
  useEffect(() => {
    const onChange = (): void => poke((n) => n + 1);
    for (const name of EVENTS) video.addEventListener(name, onChange);
    document.addEventListener('fullscreenchange', onChange);
    return () => {
      for (const name of EVENTS) video.removeEventListener(name, onChange);
      document.removeEventListener('fullscreenchange', onChange);
    };
  }, [video]);
}

function findBufferedEnd(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let i = 0; i < buffered.length; i += 1) {
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) >= currentTime) return buffered.end(i);
  }
  return currentTime;
}

function SeekBar({ video, duration }: { video: HTMLVideoElement; duration: number }) {
  const texts = useTexts();
  const now = Math.min(video.currentTime, duration);
  const share = (seconds: number): string => `${duration > 0 ? (100 * seconds) / duration : 0}%`;
  return (
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
    />
  );
}

function Volume({ video }: { video: HTMLVideoElement }) {
  const texts = useTexts();
  const silent = video.muted || video.volume === 0;
  return (
    <div class="volume">
      <button
        type="button"
        class="control"
        aria-label={silent ? texts.player.unmute : texts.player.mute}
        onClick={() => {
          video.muted = !silent;
          if (silent && video.volume === 0) video.volume = 0.5;
        }}
      >
        <Icon name={silent ? 'muted' : 'volume'} />
      </button>
      <input
        class="volume-range"
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={silent ? 0 : video.volume}
        style={{ '--played': `${silent ? 0 : video.volume * 100}%`, '--ready': '0%' }}
        aria-label={texts.player.volume}
        onInput={(event) => {
          video.volume = Number(event.currentTarget.value);
          video.muted = false;
        }}
      />
    </div>
  );
}

export function Controls({ video, box, duration, hasCaptions }: ControlsProps) {
  const texts = useTexts();
  useVideoState(video);
  const length = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : duration;
  const full = document.fullscreenElement !== null;
  return (
    <div class="controls">
      <SeekBar video={video} duration={length} />
      <div class="controls-row">
        <button
          type="button"
          class="control control-play"
          aria-label={video.paused ? texts.player.play : texts.player.pause}
          onClick={() => togglePlay(video)}
        >
          <Icon name={video.paused ? 'play' : 'pause'} filled />
        </button>
        <span class="clock">
          {formatClock(video.currentTime)} / {formatClock(length)}
        </span>
        <Volume video={video} />
        <label class="speed">
          <span class="unseen">{texts.player.speed}</span>
          <select
            value={String(video.playbackRate)}
            onChange={(event) => {
              video.playbackRate = Number(event.currentTarget.value);
            }}
          >
            {RATES.map((rate) => (
              <option key={rate} value={String(rate)}>
                {texts.player.speedOf(rate)}
              </option>
            ))}
          </select>
        </label>
        {hasCaptions && (
          <button
            type="button"
            class="control"
            aria-label={texts.player.captions}
            onClick={() => toggleCaptions(video)}
          >
            <Icon name="captions" />
          </button>
        )}
        <button
          type="button"
          class="control"
          aria-label={full ? texts.player.exitFullscreen : texts.player.fullscreen}
          onClick={() => toggleFullscreen(box.current, video)}
        >
          <Icon name={full ? 'unfull' : 'full'} />
        </button>
      </div>
    </div>
  );
}
