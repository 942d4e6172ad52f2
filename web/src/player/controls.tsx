// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything to see of a playing lesson: what lies over the picture and the bar below it: play, position,
// volume, speed, captions, whole screen, cost. With the shortcuts it is a chunk of its own.

import { useEffect, useState } from 'preact/hooks';
import { budget, remainingBytes } from '../lib/budget';
import { formatBytes, formatClock } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import { Icon } from '../ui/icons';
import { LateIcon } from '../ui/late-icons';
import '../ui/playing.css';
import { leftBytes, minuteBytes } from './cost';
import { handleKey, RATES, toggleCaptions, toggleFullscreen, togglePlay } from './keys';
import { isMuted, setMuted } from './other-sound';
import { Overlay, type ActiveParts } from './overlay';
import { SeekBar } from './seekbar';
import type { Session } from './session';
import { SoundChoice } from './sound-choice';
import { Strip } from './strip';

export { handleKey, Overlay, togglePlay };

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

function Volume({ session }: { session: Session }) {
  const texts = useLateTexts();
  const { video } = session;
  const silent = isMuted(session) || video.volume === 0;
  return (
    <div class="volume">
      <button
        type="button"
        class="control"
        aria-label={silent ? texts.player.unmute : texts.player.mute}
        onClick={() => {
          setMuted(session, !silent);
          if (silent && video.volume === 0) video.volume = 0.5;
        }}
      >
        <LateIcon name={silent ? 'muted' : 'volume'} />
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
          setMuted(session, false);
        }}
      />
    </div>
  );
}

function Speed({ video }: { video: HTMLVideoElement }) {
  const texts = useLateTexts();
  return (
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
  );
}

/** What was used, what is still to come, and how the week's budget stands. */
function Foot({ session, lesson, choice }: ActiveParts) {
  const texts = useLateTexts();
  const { bytes, resumed } = useStore(session.state);
  const { state, limit, spent } = useStore(budget);
  const { video } = session;
  const left = leftBytes(video, lesson, choice);
  return (
    <div class="player-foot">
      <p>
        <span>{texts.player.used(formatBytes(bytes))}</span>
        {left > 0 && <span class="player-left">{texts.player.left(formatBytes(left))}</span>}
        <span>{texts.player.perMinute(formatBytes(minuteBytes(video, lesson, choice)))}</span>
      </p>
      {/* Always there: a live region that comes with its words is not read by every screen reader. */}
      <div role="status">
        {(state === 'near' || state === 'over') && limit !== null && (
          <p class="player-near">
            {texts.budget.near(Math.floor((100 * spent) / limit))} · {texts.budget.left(formatBytes(remainingBytes()))}
          </p>
        )}
      </div>
      {resumed > 0 && (
        <p role="status">
          {texts.player.resumed(formatClock(resumed))}{' '}
          <button type="button" class="link player-restart" onClick={() => session.restart()}>
            {texts.player.restart}
          </button>
        </p>
      )}
    </div>
  );
}

function Bar({ session, lesson, box }: ActiveParts) {
  const texts = useLateTexts();
  const { play } = useTexts().player;
  const { video } = session;
  useVideoState(video);
  const known = (lesson.duration_ms ?? 0) / 1000;
  const length = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : known;
  const full = document.fullscreenElement !== null;
  return (
    <div class="controls">
      <SeekBar session={session} lesson={lesson} duration={length} />
      <div class="controls-row">
        <button
          type="button"
          class="control control-play"
          aria-label={video.paused ? play : texts.player.pause}
          onClick={() => togglePlay(video)}
        >
          {video.paused ? <Icon name="play" filled /> : <LateIcon name="pause" filled />}
        </button>
        <span class="clock">
          {formatClock(video.currentTime)} / {formatClock(length)}
        </span>
        <Volume session={session} />
        <Speed video={video} />
        <SoundChoice session={session} lesson={lesson} />
        {(lesson.captions ?? []).length > 0 && (
          <button
            type="button"
            class="control"
            aria-label={texts.player.captions}
            onClick={() => toggleCaptions(video)}
          >
            <LateIcon name="captions" />
          </button>
        )}
        <button
          type="button"
          class="control"
          aria-label={full ? texts.player.exitFullscreen : texts.player.fullscreen}
          onClick={() => toggleFullscreen(box.current, video)}
        >
          <LateIcon name={full ? 'unfull' : 'full'} />
        </button>
      </div>
    </div>
  );
}

/** What stands below the picture. */
export function Below(props: ActiveParts) {
  const { deck } = useStore(props.session.state);
  return (
    <>
      <Bar {...props} />
      {deck && <Strip session={props.session} deck={deck} lesson={props.lesson} onChoose={props.onChoose} />}
      <Foot {...props} />
    </>
  );
}
