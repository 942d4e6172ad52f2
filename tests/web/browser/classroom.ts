// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One class of slides, made in the browser and sent to a running daemon as staff do (tus), so that a test can watch its
// rungs appear. Used by the tests of what a lesson costs; it knows nothing of their pages.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Lesson } from '../../../web/src/lib/types';
import type { Daemon } from './daemon';
import { callApi, drawSlide, runTool, SPEECH, tokenOf, type Slide } from './lessons';

/** Seconds that each picture is shown. */
const STEP = 8;

/** The second is the first with a line more; so the class has four pictures and three slides. */
const PICTURES: readonly Slide[] = [
  { heading: 'บทที่ 1 เศษส่วน', lines: ['เศษส่วนประกอบด้วย ตัวเศษ และ ตัวส่วน'] },
  {
    heading: 'บทที่ 1 เศษส่วน',
    lines: ['เศษส่วนประกอบด้วย ตัวเศษ และ ตัวส่วน', '½ เท่ากับ 2/4 และเท่ากับ 4/8', 'เขียนได้หลายแบบ'],
  },
  { heading: 'การบวกเศษส่วน', lines: ['ทำตัวส่วนให้เท่ากันก่อน', '½ + ¼ = ¾', 'แล้วจึงบวกตัวเศษ'] },
  { heading: 'แบบฝึกหัด', lines: ['⅓ + ⅙ = ?', '¾ − ½ = ?', 'ส่งวันจันทร์หน้า'] },
];

export const SLIDES = 3;
export const SECONDS = STEP * PICTURES.length;

/** The class as a file: 480p, ten pictures a second, Thai speech. */
export async function makeClass(browser: Browser, folder: string): Promise<string> {
  const list: string[] = [];
  for (const [index, picture] of PICTURES.entries()) {
    const name = `class-${index}.png`;
    await drawSlide(browser, join(folder, name), picture);
    list.push(`file ${name}\nduration ${STEP}\n`);
  }
  writeFileSync(join(folder, 'class.txt'), `${list.join('')}file class-${PICTURES.length - 1}.png\n`);
  const speech = join(folder, 'class.wav');
  runTool('espeak-ng', ['-v', 'th', '-s', '140', '-w', speech, SPEECH]);
  const output = join(folder, 'class.mp4');
  const inputs = ['-f', 'concat', '-safe', '0', '-i', join(folder, 'class.txt'), '-stream_loop', '-1', '-i', speech];
  const shape = ['-vf', 'fps=10,scale=854:480', '-t', String(SECONDS)];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  runTool('ffmpeg', ['-v', 'error', '-y', ...inputs, ...shape, ...coding, output]);
  return output;
}

/** Sends a file to the running daemon and makes its lesson public; encoding has just begun. The lesson's id. */
export async function uploadLesson(daemon: Daemon, file: string, title: string): Promise<string> {
  const body = readFileSync(file);
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const answer = await fetch(`${daemon.url}/api/v1/uploads`, {
    method: 'POST',
    body,
    headers: {
      Authorization: `Bearer ${tokenOf(daemon)}`,
      'Tus-Resumable': '1.0.0',
      'Upload-Length': String(body.length),
      'Upload-Metadata': `filename ${encode('class.mp4')},title ${encode(title)},language ${encode('th')}`,
      'Content-Type': 'application/offset+octet-stream',
    },
  });
  assert.equal(answer.status, 201, await answer.text());
  const id = answer.headers.get('Daorian-Lesson')!;
  const { etag } = await callApi<Lesson>(daemon, `lessons/${id}`);
  await callApi(daemon, `lessons/${id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', 'If-Match': etag! },
    body: JSON.stringify({ visibility: 'public', description: 'ความหมายของเศษส่วน การบวกและการลบ' }),
  });
  return id;
}

/** Asks for the lesson until it is as it should be. */
export async function waitForLesson(daemon: Daemon, id: string, good: (lesson: Lesson) => boolean): Promise<Lesson> {
  for (;;) {
    const lesson = await callApi<Lesson>(daemon, `lessons/${id}`);
    if (good(lesson)) return lesson;
    assert.notEqual(lesson.state, 'failed', JSON.stringify(lesson.error));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
