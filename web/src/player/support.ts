// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which rungs this browser can play, and which one to propose. AV1 is offered only where the browser
// says that it decodes it smoothly: an old phone that can, but stutters, is better off with H.264.

import { useEffect } from 'preact/hooks';
import { mayTransfer, remainingBytes } from '../lib/budget';
import { recall } from '../lib/storage';
import { createStore, useStore } from '../lib/store';
import type { Lesson, Rung } from '../lib/types';
import { measureLink, readLinkHints } from './hints';
import { findMediaSource, mimeType } from './mse';

/** Whether the rung's file has a picture; `voice` kinds are sound alone, `slides` have theirs apart. */
export function hasPicture(rung: Rung): boolean {
  return rung.name !== 'slides' && (rung.width ?? 0) > 0;
}

/** What the browser answered of AV1 types: smooth or not. */
const verdicts = createStore<Readonly<Record<string, boolean>>>({});

const isAv1 = (rung: Rung): boolean => /^av01|,\s*av01/.test(rung.codecs);
const verdictKey = (rung: Rung): string => `${rung.codecs} ${rung.width}x${rung.height}`;

async function judge(lesson: Lesson, rung: Rung): Promise<boolean> {
  const many = (navigator.hardwareConcurrency ?? 1) >= 4;
  if (!navigator.mediaCapabilities) return many;
  const seconds = (lesson.duration_ms ?? 0) / 1000;
  const info = await navigator.mediaCapabilities.decodingInfo({
    type: 'media-source',
    video: {
      contentType: `video/mp4; codecs="${rung.codecs.split(',')[0]}"`,
      width: rung.width ?? 1,
      height: rung.height ?? 1,
      bitrate: Math.max(10_000, seconds > 0 ? (rung.bytes * 8) / seconds : rung.bandwidth_bps),
      framerate: 25,
    },
  });
  const large = Math.min(rung.width ?? 0, rung.height ?? 0) > 480;
  return info.supported && info.smooth && (info.powerEfficient || many || !large);
}

function isTypePlayable(rung: Rung): boolean {
  const mse = findMediaSource();
  if (!mse) return !isAv1(rung) && rung.name !== 'voice-opus';
  return mse.isTypeSupported(mimeType({ codecs: rung.codecs, hasPicture: hasPicture(rung) }));
}

/** Whether the lesson has a rung of this name that this browser says it cannot play. */
export function isRefused(lesson: Lesson, name: string | null): boolean {
  const rung = lesson.rungs.find((item) => item.name === name);
  return rung !== undefined && isThere(rung) && isAv1(rung) && (!isTypePlayable(rung) || verdicts.get()[verdictKey(rung)] === false);
}

const isThere = (rung: Rung): boolean => rung.url !== null && !rung.error;

/** Whether a copy of the lesson in this rung is kept here, so that playing it costs nothing. */
export function isKept(lesson: Lesson, rung: string): boolean {
  return lesson.kept_only === true || recall<string[]>('kept-rungs', []).includes(`${lesson.id} ${rung}`);
}

/** The file that plays as `voice` and beside slides: Opus where it can be played, for it is smaller. */
export function findSound(lesson: Lesson): Rung | undefined {
  const sounds = lesson.rungs.filter((rung) => /^voice/.test(rung.name) && isThere(rung));
  return sounds.filter(isTypePlayable).sort((a, b) => a.bytes - b.bytes)[0];
}

function withPrice(lesson: Lesson, rung: Rung): Rung | null {
  const sound = findSound(lesson);
  if (rung.name === 'voice') return sound ? { ...sound, name: 'voice' } : null;
  if (rung.name === 'slides') {
    if (!sound || !lesson.slides || !findMediaSource()) return null;
    const voices = lesson.rungs.filter((item) => /^voice/.test(item.name) && isThere(item));
    const least = Math.min(...voices.map((item) => item.bytes));
    return { ...rung, bytes: rung.bytes + sound.bytes - least };
  }
  if (!isTypePlayable(rung)) return null;
  return isAv1(rung) && !verdicts.get()[verdictKey(rung)] ? null : rung;
}

/** Rungs that can be chosen, cheapest first, each with what it costs here. */
export function listPlayable(lesson: Lesson): Rung[] {
  const lone = !lesson.rungs.some((rung) => rung.name === 'voice');
  return lesson.rungs
    .filter(isThere)
    .map((rung) => (lone && rung.name === 'voice-opus' ? { ...rung, name: 'voice' } : rung))
    .filter((rung) => rung.name !== 'voice-opus')
    .map((rung) => withPrice(lesson, rung))
    .filter((rung): rung is Rung => rung !== null)
    .sort((a, b) => a.bytes - b.bytes);
}

/** See listPlayable; the component renders again when the browser has answered about AV1. */
export function useRungs(lesson: Lesson): Rung[] {
  useStore(verdicts);
  useEffect(() => {
    for (const rung of lesson.rungs.filter((item) => isThere(item) && isAv1(item) && isTypePlayable(item))) {
      const key = verdictKey(rung);
      if (key in verdicts.get()) continue;
      judge(lesson, rung).then(
        (smooth) => verdicts.update((all) => ({ ...all, [key]: smooth })),
        () => undefined,
      );
    }
  }, [lesson]);
  return listPlayable(lesson);
}

/** The rung that `auto` must not exceed: the chosen cap, else the dearest H.264 rung up to medium. */
export function findCap(rungs: readonly Rung[], cap: string | null): Rung | undefined {
  const pictures = rungs.filter(hasPicture);
  const wanted = pictures.find((rung) => rung.name === cap) ?? pictures.find((rung) => rung.name === 'medium');
  return wanted ?? pictures[0];
}

/** The dearest rung first that is proposed to somebody who has not chosen. */
const PROPOSALS = ['medium', 'lite', 'small', 'slides', 'voice', 'large', 'clear'];
const CHEAP = ['slides', 'lite', 'voice', 'small'];

/**
 * The rung to propose: at the end of the budget one that is kept, else what was chosen before, else the best
 * that line and budget carry with ease.
 */
export function chooseRung(lesson: Lesson, rungs: readonly Rung[], remembered: string | null): string | null {
  const names = rungs.map((rung) => rung.name);
  const free = mayTransfer() ? undefined : names.filter((name) => isKept(lesson, name)).pop();
  if (free) return free;
  if (remembered === 'auto' && names.length > 1 && !lesson.kept_only) return 'auto';
  if (remembered && names.includes(remembered)) return remembered;
  if (readLinkHints().weak) return CHEAP.find((name) => names.includes(name)) ?? names[0] ?? null;
  const speed = measureLink();
  const seconds = (lesson.duration_ms ?? 0) / 1000;
  const fits = (name: string): boolean => {
    const rung = rungs.find((item) => item.name === name);
    if (!rung || rung.bytes > remainingBytes()) return false;
    return speed === null || seconds === 0 || rung.bytes / seconds <= speed * 0.7;
  };
  return PROPOSALS.find(fits) ?? names[0] ?? null;
}
