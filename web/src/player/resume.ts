// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where the learner was in each lesson, kept in the browser. The newest two hundred are kept.

import { recall, remember } from '../lib/storage';

interface Mark {
  /** Seconds. */
  t: number;
  /** When it was written, milliseconds. */
  at: number;
}

const KEY = 'resume';
const MOST = 200;

/** The place to go on from, or 0: not for the first or last seconds of a lesson. */
export function readMark(id: string, durationSeconds: number): number {
  const mark = recall<Record<string, Mark>>(KEY, {})[id];
  if (!mark || !(mark.t > 5)) return 0;
  const tail = Math.min(10, durationSeconds / 10);
  return durationSeconds > 0 && mark.t > durationSeconds - tail ? 0 : mark.t;
}

/** Writes the place down. */
export function writeMark(id: string, seconds: number): void {
  const marks = recall<Record<string, Mark>>(KEY, {});
  marks[id] = { t: Math.floor(seconds), at: Date.now() };
  const kept = Object.entries(marks)
    .sort((a, b) => b[1].at - a[1].at)
    .slice(0, MOST);
  remember(KEY, Object.fromEntries(kept));
}
