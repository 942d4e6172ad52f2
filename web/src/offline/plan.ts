// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which files a lesson in one rung needs offline, read from the bundle's own lesson.json. Pure: it trusts
// nothing and says what is wrong.

import type { Lesson, Rung } from '../lib/types';
import type { Copy, CopyFile } from './database';

export class PlanError extends Error {}

interface ManifestFile {
  name: string;
  bytes: number;
  sha256: string;
}

interface ManifestRung {
  name: string;
  file: string;
  playlist: string;
  bytes: number;
  sha256: string;
}

export interface Manifest {
  rungs: ManifestRung[];
  files: ManifestFile[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/;
const SHA256 = /^[0-9a-f]{64}$/;
const LARGEST = 2 ** 40;

function readFile(value: unknown, nameKey: string): ManifestFile {
  const { bytes, sha256, [nameKey]: name } = (value ?? {}) as Record<string, unknown>;
  const good =
    typeof name === 'string' &&
    NAME.test(name) &&
    name.length <= 128 &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    bytes < LARGEST &&
    typeof sha256 === 'string' &&
    SHA256.test(sha256);
  if (!good) throw new PlanError('lesson.json');
  return { name, bytes, sha256 };
}

/** Reads lesson.json; rungs without a media file (failed ones, `slides`) are left out. */
export function parseManifest(json: unknown): Manifest {
  const { rungs, files } = (json ?? {}) as { rungs?: unknown; files?: unknown };
  if (!Array.isArray(rungs) || !Array.isArray(files)) throw new PlanError('lesson.json');
  return {
    rungs: (rungs as Record<string, unknown>[])
      .filter((rung) => typeof rung?.file === 'string' && typeof rung.playlist === 'string')
      .map((rung) => {
        const file = readFile(rung, 'file');
        if (typeof rung.name !== 'string') throw new PlanError('lesson.json');
        return { name: rung.name, playlist: rung.playlist as string, file: file.name, bytes: file.bytes, sha256: file.sha256 };
      }),
    files: files.map((file) => readFile(file, 'name')),
  };
}

/** The rung whose media file a rung is made of; `sound` is the sound rung that this browser prefers. */
function findMedia(rung: string, sound: string | null): string {
  if (rung !== 'slides' && rung !== 'voice') return rung;
  if (!sound) throw new PlanError('no sound');
  return sound;
}

function isExtra(name: string, rung: string, poster: string | null): boolean {
  if (name === poster || name.startsWith('captions/')) return true;
  if (rung === 'slides') return name === 'slides.vtt' || name.startsWith('slides/');
  return rung === 'voice' && name.startsWith('waveform.');
}

/** Files of a bundle keep their bytes for ever when their name carries their hash. */
function makeFileKey(lessonId: string, name: string, copyKey: string): string {
  return /\.[0-9a-f]{8}\./.test(name) ? `${lessonId}/${name}` : `${copyKey}#${name}`;
}

/** All files of a copy, small ones first: what breaks a plan breaks it early. */
export function listFiles(
  lessonId: string,
  manifest: Manifest,
  rung: string,
  sound: string | null,
  poster: string | null,
): { key: string; files: CopyFile[] } {
  const media = findMedia(rung, sound);
  const found = manifest.rungs.find((item) => item.name === media);
  const playlist = manifest.files.find((file) => file.name === found?.playlist);
  const slides = manifest.files.find((file) => file.name === 'slides.vtt');
  if (!found || !playlist) throw new PlanError(`no ${media}`);
  if (rung === 'slides' && !slides) throw new PlanError('no slides');
  const mark = found.sha256.slice(0, 8) + (rung === 'slides' ? slides!.sha256.slice(0, 8) : '');
  const key = `${lessonId}/${rung}/${mark}`;
  const files = manifest.files
    .filter((file) => isExtra(file.name, rung, poster))
    .concat(playlist, { name: found.file, bytes: found.bytes, sha256: found.sha256 })
    .map((file) => ({ ...file, key: makeFileKey(lessonId, file.name, key) }))
    .sort((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1));
  return { key, files };
}

/** The lesson without what belongs to a person or to a moment. */
export function cleanLesson(lesson: Lesson): Lesson {
  return {
    id: lesson.id,
    title: lesson.title,
    description: lesson.description,
    language: lesson.language,
    state: 'published',
    complete: true,
    visibility: lesson.visibility,
    duration_ms: lesson.duration_ms,
    created_ms: lesson.created_ms,
    published_ms: lesson.published_ms,
    owner: lesson.owner,
    poster: lesson.poster,
    rungs: [],
    captions: lesson.captions ?? [],
    slides: lesson.slides ? { ...lesson.slides, pdf: null, pdf_bytes: null } : null,
    storyboard: null,
    waveform: lesson.waveform ?? null,
    interpreter: lesson.interpreter ?? null,
    inset: lesson.inset ?? null,
    job: null,
    error: null,
    warnings: [],
  };
}

/** Makes a copy that is not begun yet. */
export function makeCopy(
  lesson: Lesson,
  manifest: Manifest,
  rung: string,
  sound: string | null,
  now: number,
): Copy {
  const { key, files } = listFiles(lesson.id, manifest, rung, sound, lesson.poster?.split('/').pop() ?? null);
  const names = [rung === 'voice' ? '' : rung, findMedia(rung, sound)];
  return {
    key,
    lesson_id: lesson.id,
    rung,
    state: 'queued',
    fault: null,
    lesson: cleanLesson(lesson),
    rungs: lesson.rungs.filter((item) => names.includes(item.name)).map((item): Rung => ({ ...item, error: null })),
    files,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    added_ms: now,
    watched_ms: 0,
    binned_ms: 0,
  };
}

/** The lesson as it can be played from all kept copies of it, newest first. */
export function mergeLesson(copies: readonly Copy[]): Lesson | null {
  const newest = copies[0];
  if (!newest) return null;
  const rungs = new Map<string, Rung>();
  for (const copy of copies) {
    for (const rung of copy.rungs) if (!rungs.has(rung.name)) rungs.set(rung.name, rung);
  }
  const hasSlides = rungs.has('slides');
  return { ...newest.lesson, rungs: [...rungs.values()], slides: hasSlides ? (newest.lesson.slides ?? null) : null, kept_only: true };
}
