// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The player of the lesson page: a <video> with controls of our own that keyboard and screen reader can
// use. Nothing of the lesson is fetched before play is pressed, except the poster.

import { useEffect, useRef, useState } from 'preact/hooks';
import { formatBytes, formatClock } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { remember } from '../lib/storage';
import type { Lesson } from '../lib/types';
import { hasPicture, listPlayable } from './engine';
import { usePlayback, type Playback } from './playback';
import { writeMark } from './resume';
import { StageMessage, StartButton, Still } from './stage';

interface PlayerProps {
  lesson: Lesson;
  choice: string;
  startAt: number | null;
  onTime: (seconds: number) => void;
}

function Foot({ playback }: { playback: Playback }) {
  const texts = useTexts();
  return (
    <p class="player-foot">
      <span>{texts.player.used(formatBytes(playback.bytes))}</span>
      {playback.resumed > 0 && (
        <span role="status">
          {texts.player.resumed(formatClock(playback.resumed))}{' '}
          <button type="button" class="link" onClick={playback.restart}>
            {texts.player.restart}
          </button>
        </span>
      )}
    </p>
  );
}

type ControlsModule = typeof import('./controls');

/** The controls come while the first bytes of the lesson do; should they fail, the browser's own serve. */
function useControls(wanted: boolean, video: { current: HTMLVideoElement | null }): ControlsModule | null {
  const [module, setModule] = useState<ControlsModule | null>(null);
  useEffect(() => {
    if (!wanted) return;
    import('./controls').then(setModule, () => {
      if (video.current) video.current.controls = true;
    });
  }, [wanted, video]);
  return module;
}

export function Player({ lesson, choice, startAt, onTime }: PlayerProps) {
  const texts = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const box = useRef<HTMLElement>(null);
  const [waiting, setWaiting] = useState(false);
  const playback = usePlayback(video, lesson, choice, startAt);
  const { phase } = playback;
  const rung = listPlayable(lesson).find((item) => item.name === choice);
  const soundOnly = rung !== undefined && !hasPicture(rung);
  const captions = lesson.captions ?? [];
  const controls = useControls(phase !== 'idle', video);
  const onKey = (event: KeyboardEvent): void => {
    if (video.current && phase === 'active') controls?.handleKey(event, video.current, box.current);
  };
  return (
    <section class="player" ref={box} aria-label={texts.player.label} onKeyDown={onKey}>
      <div class="player-stage">
        <video
          ref={video}
          playsInline
          preload="none"
          tabIndex={-1}
          {...(lesson.poster ? { poster: lesson.poster } : {})}
          onTimeUpdate={(event) => onTime(event.currentTarget.currentTime)}
          onWaiting={() => setWaiting(true)}
          onPlaying={() => setWaiting(false)}
          onCanPlay={() => setWaiting(false)}
          onPause={(event) => writeMark(lesson.id, event.currentTarget.currentTime)}
          onEnded={() => writeMark(lesson.id, 0)}
          onRateChange={(event) => remember('rate', event.currentTarget.playbackRate)}
          onClick={(event) => phase === 'active' && controls?.togglePlay(event.currentTarget)}
        >
          {captions.map((item) => (
            <track
              key={item.url}
              kind="captions"
              src={item.url}
              srcLang={item.language}
              label={item.language}
            />
          ))}
        </video>
        {soundOnly && phase !== 'idle' && <Still poster={lesson.poster} />}
        {phase === 'idle' && (
          <StartButton onStart={playback.begin} disabled={!rung && choice !== 'auto'} />
        )}
        <StageMessage
          phase={phase}
          waiting={waiting}
          retrying={playback.retrying}
          fault={playback.fault}
          onAgain={playback.again}
        />
      </div>
      {controls && phase !== 'idle' && video.current && (
        <controls.Controls
          video={video.current}
          box={box}
          duration={(lesson.duration_ms ?? 0) / 1000}
          hasCaptions={captions.length > 0}
        />
      )}
      {phase !== 'idle' && <Foot playback={playback} />}
    </section>
  );
}
