// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The player of the lesson page: a <video> with controls of our own that keyboard and screen reader can
// use. Nothing of the lesson is fetched before play is pressed, except the poster.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { formatBytes, formatClock } from '../lib/format';
import { useLatest } from '../lib/hooks';
import { recall, remember } from '../lib/storage';
import type { Lesson } from '../lib/types';
import { Icon } from '../ui/icons';
import { Controls } from './controls';
import { hasPicture, listPlayable, startEngine } from './engine';
import { handleKey } from './keys';
import { readMark, writeMark } from './resume';

export type Phase = 'idle' | 'active' | 'failed';

interface PlayerProps {
  lesson: Lesson;
  choice: string;
  /** From a share link; wins over where the learner was. */
  startAt: number | null;
  onTime: (seconds: number) => void;
}

/** Keeps the mark of where the learner is: every five seconds, on pause, and when the page goes. */
function useMarks(video: { current: HTMLVideoElement | null }, id: string, active: boolean): void {
  useEffect(() => {
    if (!active) return undefined;
    const save = (): void => {
      const element = video.current;
      if (element && element.currentTime > 0) writeMark(id, element.currentTime);
    };
    const timer = setInterval(save, 5000);
    addEventListener('pagehide', save);
    return () => {
      clearInterval(timer);
      removeEventListener('pagehide', save);
    };
  }, [id, active]);
}

export function Player({ lesson, choice, startAt, onTime }: PlayerProps) {
  const texts = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const stop = useRef<(() => void) | null>(null);
  const [phase, setPhase] = useState<Phase>('idle');
  const [waiting, setWaiting] = useState(false);
  const [retrying, setRetrying] = useState(false);
  const [resumed, setResumed] = useState(0);
  const [bytes, setBytes] = useState(0);
  const [fault, setFault] = useState('');
  const current = useLatest({ lesson, choice });
  const duration = (lesson.duration_ms ?? 0) / 1000;

  const start = (at: number): void => {
    const element = video.current;
    if (!element) return;
    stop.current?.();
    setFault('');
    setRetrying(false);
    setPhase('active');
    const rate = recall<number>('rate', 1);
    element.defaultPlaybackRate = rate;
    stop.current = startEngine(element, current.current.lesson, current.current.choice, at, {
      onRetrying: setRetrying,
      onBytes: (count) => setBytes((sum) => sum + count),
      onError(error) {
        writeMark(lesson.id, element.currentTime);
        setFault(error.message === 'unsupported' ? texts.player.unsupported : error.message);
        setPhase('failed');
      },
    });
    element.playbackRate = rate;
    void element.play().catch(() => undefined);
  };

  const begin = (): void => {
    const mark = startAt ?? readMark(lesson.id, duration);
    setResumed(startAt === null ? mark : 0);
    start(mark);
    video.current?.focus({ preventScroll: true });
  };

  // Another rung while playing: go on at the same place.
  useEffect(() => {
    if (phase !== 'idle' && video.current) start(video.current.currentTime);
  }, [choice]);

  useEffect(() => () => stop.current?.(), []);
  useMarks(video, lesson.id, phase === 'active');

  const rung = listPlayable(lesson).find((item) => item.name === choice);
  const soundOnly = choice !== 'auto' && rung !== undefined && !hasPicture(rung);

  return (
    <section
      class={`player ${soundOnly ? 'player-sound' : ''}`}
      ref={box}
      aria-label={texts.player.label}
      onKeyDown={(event) => video.current && phase === 'active' && handleKey(event, video.current, box.current)}
    >
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
          onClick={(event) => {
            const element = event.currentTarget;
            if (phase !== 'active') return;
            if (element.paused) void element.play().catch(() => undefined);
            else element.pause();
          }}
        >
          {(lesson.captions ?? []).map((item) => (
            <track key={item.url} kind="captions" src={item.url} srcLang={item.language} label={item.language} />
          ))}
        </video>
        {soundOnly && phase !== 'idle' && (
          <div class="player-still" aria-hidden="true">
            {lesson.poster ? <img src={lesson.poster} alt="" /> : <Icon name="sound" />}
          </div>
        )}
        {phase === 'idle' && (
          <button type="button" class="player-start" onClick={begin} disabled={!rung && choice !== 'auto'}>
            <span class="player-start-disc">
              <Icon name="play" filled />
            </span>
            <span class="unseen">{texts.player.play}</span>
          </button>
        )}
        {phase === 'active' && (waiting || retrying) && (
          <p class="player-message" role="status">
            {retrying ? texts.player.retrying : texts.player.waiting}
          </p>
        )}
        {phase === 'failed' && (
          <div class="player-message" role="alert">
            <p>
              {texts.player.failed} {fault}
            </p>
            <button type="button" class="button" onClick={() => start(video.current?.currentTime ?? 0)}>
              {texts.player.again}
            </button>
          </div>
        )}
      </div>
      {phase !== 'idle' && video.current && (
        <Controls
          video={video.current}
          box={box}
          duration={duration}
          hasCaptions={(lesson.captions ?? []).length > 0}
        />
      )}
      {phase !== 'idle' && (
        <p class="player-foot">
          <span>{texts.player.used(formatBytes(bytes))}</span>
          {resumed > 0 && (
            <span role="status">
              {texts.player.resumed(formatClock(resumed))}{' '}
              <button
                type="button"
                class="link"
                onClick={() => {
                  setResumed(0);
                  if (video.current) video.current.currentTime = 0;
                }}
              >
                {texts.player.restart}
              </button>
            </span>
          )}
        </p>
      )}
    </section>
  );
}
