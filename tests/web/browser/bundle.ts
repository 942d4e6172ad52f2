// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A slide lesson as a bundle (ARCHITECTURE.md "JSON of the API"), made by hand in seconds: stills whose times are
// known exactly, Opus and AAC sound, AV1 and H.264 pictures, storyboard, waveform, PDF. For tests of the player on
// links where encoding a real lesson would take longer than the test.

import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Lesson, Rung } from '../../../web/src/lib/types';
import { drawSlide, runTool, SPEECH } from './lessons';

export const LESSON_ID = '01a1fd2b-734e-7c63-a59b-e66b7f06e3ae';

const LINES = [
  'เศษส่วนประกอบด้วย ตัวเศษ และ ตัวส่วน',
  '½ เท่ากับ 2/4 และเท่ากับ 4/8',
  'เศษส่วนที่มีค่าเท่ากันเขียนได้หลายแบบ',
  'การบวกต้องทำตัวส่วนให้เท่ากันก่อน',
];
const STEPS = 3;
/** Seconds that each step of a slide is shown, in turn. */
const STEP_SECONDS = [12, 8, 10, 14, 9, 13];

export interface Still {
  start: number;
  end: number;
  file: string;
  grows: boolean;
}

export interface Bundle {
  folder: string;
  seconds: number;
  stills: Still[];
  lesson: Lesson;
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 23);
}

function listStills(seconds: number): Still[] {
  const stills: Still[] = [];
  for (let start = 0; start < seconds; ) {
    const index = stills.length;
    const end = Math.min(seconds, start + STEP_SECONDS[index % STEP_SECONDS.length]!);
    const file = `slides/${String(index + 1).padStart(4, '0')}.0a1b2c3d.webp`;
    stills.push({ start, end, file, grows: index % STEPS > 0 });
    start = end;
  }
  return stills;
}

const MP4 = ['-movflags', '+dash+global_sidx', '-frag_duration', '4000000', '-f', 'mp4'];
const encode = (...args: string[]): void => runTool('ffmpeg', ['-v', 'error', '-y', ...args]);

async function drawStills(browser: Browser, folder: string, stills: readonly Still[]): Promise<void> {
  for (const [index, still] of stills.entries()) {
    const slide = Math.floor(index / STEPS);
    const lines = LINES.slice(0, (index % STEPS) + 1).map((line) => `${line} (${slide + 1})`);
    const png = join(folder, `still-${index}.png`);
    await drawSlide(browser, png, { heading: `บทที่ ${slide + 1} เศษส่วน`, lines });
    encode('-i', png, '-quality', '75', join(folder, still.file));
  }
}

function makeSound(folder: string, seconds: number): void {
  const speech = join(folder, 'speech.wav');
  runTool('espeak-ng', ['-v', 'th', '-s', '140', '-w', speech, SPEECH]);
  const input = ['-stream_loop', '-1', '-i', speech, '-t', String(seconds), '-ac', '1', '-ar', '48000'];
  const opus = ['-c:a', 'libopus', '-b:a', '16k', '-application', 'voip', '-frame_duration', '60'];
  encode(...input, ...opus, ...MP4, join(folder, 'voice-opus.00000001.mp4'));
  encode(...input, '-c:a', 'aac', '-b:a', '32k', ...MP4, join(folder, 'voice.00000002.mp4'));
}

function makePictures(folder: string, stills: readonly Still[]): void {
  const list = stills.map((still, i) => `file still-${i}.png\nduration ${still.end - still.start}\n`);
  writeFileSync(join(folder, 'list.txt'), `${list.join('')}file still-${stills.length - 1}.png\n`);
  const input = ['-f', 'concat', '-safe', '0', '-i', join(folder, 'list.txt')];
  const sound = ['-i', join(folder, 'voice-opus.00000001.mp4'), '-c:a', 'copy'];
  const av1 = ['-c:v', 'libsvtav1', '-preset', '10', '-crf', '45', '-g', '80', '-pix_fmt', 'yuv420p'];
  // Pictures of a screenshot are RGB: without this AV1 would say so of its YUV, and browsers refuse it.
  const colours = 'format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709';
  const shape = (height: number, rate: number): string[] => [
    '-vf',
    `fps=${rate},scale=-2:${height}:out_range=tv:out_color_matrix=bt709,${colours}`,
  ];
  encode(...input, ...sound, ...shape(480, 10), ...av1, '-shortest', ...MP4, join(folder, 'lite.00000003.mp4'));
  const avc = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '40', '-bf', '0', '-pix_fmt', 'yuv420p'];
  const aac = ['-i', join(folder, 'voice.00000002.mp4'), '-c:a', 'copy'];
  encode(...input, ...aac, ...shape(360, 10), ...avc, '-shortest', ...MP4, join(folder, 'medium.00000004.mp4'));
}

function makeRest(folder: string, bundle: Pick<Bundle, 'seconds' | 'stills'>): void {
  const cues = bundle.stills.map(
    (still) =>
      `${formatTime(still.start)} --> ${formatTime(still.end)}\n${still.file}\n${still.grows ? 'grows\n' : ''}`,
  );
  writeFileSync(join(folder, 'slides.vtt'), `WEBVTT\n\n${cues.join('\n')}`);
  encode('-i', join(folder, 'still-2.png'), '-vf', 'scale=640:360', '-quality', '60', join(folder, 'poster.webp'));
  const tiles = Array.from({ length: 4 }, (_, i) => {
    const [from, to] = [i, i + 1].map((n) => formatTime((n * bundle.seconds) / 4));
    return `${from} --> ${to}\nstoryboard.00000005.webp#xywh=${(i % 2) * 160},${i > 1 ? 90 : 0},160,90\n`;
  });
  writeFileSync(join(folder, 'storyboard.vtt'), `WEBVTT\n\n${tiles.join('\n')}`);
  const sheet = ['-frames:v', '1', '-vf', 'scale=160:90,tile=2x2', join(folder, 'storyboard.00000005.webp')];
  encode('-framerate', '1', '-i', join(folder, 'still-%d.png'), ...sheet);
  const peaks = Array.from({ length: Math.ceil(bundle.seconds) }, (_, i) => 60 + ((i * 37) % 160));
  writeFileSync(join(folder, 'waveform.00000006.json'), JSON.stringify({ version: 1, interval_ms: 1000, peaks }));
  writeFileSync(join(folder, 'slides.00000007.pdf'), `%PDF-1.4\n${' '.repeat(250_000)}`);
}

/** Makes the bundle in a folder of its own below the given one. */
export async function makeBundle(browser: Browser, parent: string, seconds: number): Promise<Bundle> {
  const folder = join(parent, `bundle-${seconds}`);
  mkdirSync(join(folder, 'slides'), { recursive: true });
  const stills = listStills(seconds);
  await drawStills(browser, folder, stills);
  makeSound(folder, seconds);
  makePictures(folder, stills);
  makeRest(folder, { seconds, stills });
  const size = (name: string): number => statSync(join(folder, name)).size;
  const base = `/lessons/${LESSON_ID}/`;
  const rung = (name: string, file: string, codecs: string, more: Partial<Rung>): Rung => ({
    name,
    codecs,
    bytes: size(file),
    bandwidth_bps: Math.round((size(file) * 10) / seconds),
    width: null,
    height: null,
    url: `${base}${name}.m3u8`,
    file_url: `${base}${file}`,
    error: null,
    ...more,
  });
  const images = readdirSync(join(folder, 'slides')).reduce((sum, name) => sum + size(`slides/${name}`), 0);
  const opus = rung('voice-opus', 'voice-opus.00000001.mp4', 'opus', { family: 'sound' });
  const slides: Rung = {
    ...opus,
    name: 'slides',
    codecs: '',
    family: 'slides',
    bytes: opus.bytes + images + size('slides.vtt'),
    url: `${base}slides.vtt`,
    file_url: null,
    width: 1280,
    height: 720,
    stills: stills.length,
  };
  const lesson: Lesson = {
    id: LESSON_ID,
    title: 'เศษส่วนและทศนิยม ชั้นประถมศึกษาปีที่ 5',
    description: 'ความหมายของเศษส่วน การเปรียบเทียบ และการบวกลบ',
    language: 'th',
    state: 'published',
    complete: true,
    visibility: 'public',
    duration_ms: seconds * 1000,
    created_ms: 1_795_240_000_000,
    published_ms: 1_795_240_000_000,
    owner: { id: LESSON_ID, name: 'somsri' },
    poster: `${base}poster.webp`,
    rungs: [
      rung('voice', 'voice.00000002.mp4', 'mp4a.40.2', { family: 'sound' }),
      opus,
      slides,
      rung('lite', 'lite.00000003.mp4', 'av01.0.04M.08,opus', { family: 'av1', width: 854, height: 480 }),
      rung('medium', 'medium.00000004.mp4', 'avc1.64001e,mp4a.40.2', { family: 'avc', width: 640, height: 360 }),
    ],
    captions: [],
    slides: { count: stills.length, vtt: `${base}slides.vtt`, pdf: `${base}slides.00000007.pdf` },
    storyboard: `${base}storyboard.vtt`,
    waveform: `${base}waveform.00000006.json`,
    interpreter: { x: 700, y: 600, width: 200, height: 300 },
    inset: null,
    refining: false,
    job: null,
    error: null,
    warnings: [],
    may_edit: false,
  };
  return { folder, seconds, stills, lesson };
}
