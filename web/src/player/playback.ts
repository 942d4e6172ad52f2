// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The state of one playing lesson: starts and stops the engine, remembers the place and the speed, and
// changes the rung without losing the place. The player renders it.

import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { useLatest, useWhen } from '../lib/hooks';
import { recall } from '../lib/storage';
import type { Lesson } from '../lib/types';
import { startEngine } from './engine';
import { readMark, writeMark } from './resume';
import type { Phase } from './stage';

export interface Playback {
  phase: Phase;
  retrying: boolean;
  /** Seconds where playing went on from an earlier visit; 0 when it did not. */
  resumed: number;
  /** Media bytes that came over the link. */
  bytes: number;
  fault: string;
  begin(): void;
  again(): void;
  restart(): void;
}

/** Keeps the mark of where the learner is: every five seconds, and when the page goes. */
function useMarks(video: RefObject<HTMLVideoElement>, id: string, active: boolean): void {
  useEffect(() => {
    if (!active) return undefined;
    const save = (): void => {
      const element = video.current;
      if (element && element.currentTime > 0 && !element.ended) writeMark(id, element.currentTime);
    };
    const timer = setInterval(save, 5000);
    addEventListener('pagehide', save);
    return () => {
      save();
      clearInterval(timer);
      removeEventListener('pagehide', save);
    };
  }, [video, id, active]);
}

/** See Playback. `startAt` is from a share link and wins over where the learner was. */
export function usePlayback(
  video: RefObject<HTMLVideoElement>,
  lesson: Lesson,
  choice: string,
  startAt: number | null,
): Playback {
  const texts = useTexts();
  const stop = useRef<(() => void) | null>(null);
  const [phase, setPhase] = useState<Phase>('idle');
  const [retrying, setRetrying] = useState(false);
  const [resumed, setResumed] = useState(0);
  const [bytes, setBytes] = useState(0);
  const [fault, setFault] = useState('');
  const current = useLatest({ lesson, choice });
  const start = (at: number): void => {
    const element = video.current;
    if (!element) return;
    stop.current?.();
    setFault('');
    setRetrying(false);
    setPhase('active');
    // A new source resets the speed to the default one.
    element.defaultPlaybackRate = recall<number>('rate', 1);
    stop.current = startEngine(element, current.current.lesson, current.current.choice, at, {
      onRetrying: setRetrying,
      onBytes: (count) => setBytes((sum) => sum + count),
      onError(error) {
        if (element.currentTime > 0) writeMark(lesson.id, element.currentTime);
        setFault(error.message === 'unsupported' ? texts.player.unsupported : '');
        console.warn('playing stopped:', error.message);
        setPhase('failed');
      },
    });
    element.playbackRate = element.defaultPlaybackRate;
    void element.play().catch(() => undefined);
  };
  useWhen(() => {
    if (phase !== 'idle' && video.current) start(video.current.currentTime);
  }, [choice]);
  useEffect(() => () => stop.current?.(), []);
  useMarks(video, lesson.id, phase === 'active');
  return {
    phase,
    retrying,
    resumed,
    bytes,
    fault,
    begin() {
      const mark = startAt ?? readMark(lesson.id, (lesson.duration_ms ?? 0) / 1000);
      setResumed(startAt === null ? mark : 0);
      start(mark);
      video.current?.focus({ preventScroll: true });
    },
    again: () => start(video.current?.currentTime ?? 0),
    restart() {
      setResumed(0);
      if (video.current) video.current.currentTime = 0;
    },
  };
}
