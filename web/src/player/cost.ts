// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What playing on will cost, from the price of the rung and the share of the lesson that is still to
// come over the line.

import type { Lesson } from '../lib/types';
import { recall } from '../lib/storage';
import { findCap, listPlayable } from './support';

/** Bytes of the whole lesson as it is being played; of `auto`, the most it may take. */
export function wholeBytes(lesson: Lesson, choice: string): number {
  const rungs = listPlayable(lesson);
  const rung = choice === 'auto' ? findCap(rungs, recall<string | null>('cap', null)) : undefined;
  return (rung ?? rungs.find((item) => item.name === choice))?.bytes ?? 0;
}

/** Seconds of the lesson from the playhead on that are not loaded yet. */
export function missingSeconds(video: HTMLVideoElement, duration: number): number {
  const { buffered, currentTime } = video;
  let missing = Math.max(0, duration - currentTime);
  for (let i = 0; i < buffered.length; i += 1) {
    const from = Math.max(currentTime, buffered.start(i));
    const to = Math.min(duration, buffered.end(i));
    if (to > from) missing -= to - from;
  }
  return Math.max(0, missing);
}

/** Bytes that will still come when the lesson is played to its end. */
export function leftBytes(video: HTMLVideoElement, lesson: Lesson, choice: string): number {
  const duration = (lesson.duration_ms ?? 0) / 1000;
  if (duration <= 0) return 0;
  return (wholeBytes(lesson, choice) * missingSeconds(video, duration)) / duration;
}

/** Bytes a minute at the present speed. */
export function minuteBytes(video: HTMLVideoElement, lesson: Lesson, choice: string): number {
  const duration = (lesson.duration_ms ?? 0) / 1000;
  if (duration <= 0) return 0;
  return (wholeBytes(lesson, choice) / duration) * 60 * Math.max(0.25, video.playbackRate);
}
