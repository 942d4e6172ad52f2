// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes recorded lessons, brings them into a daemon's folder and starts it: `import --wait` with no server running, then the
// texts through the API as an administrator's program would do it, with a bearer token.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Lesson } from '../../../web/src/lib/types';
import { ADMIN, type Daemon } from './daemon';

export interface Texts {
  title: string;
  description: string;
}

const tokens = new WeakMap<Daemon, string>();

/** The administrator's bearer token; made once a daemon. */
export function tokenOf(daemon: Daemon): string {
  const token = tokens.get(daemon) ?? daemon.run(['user', 'token', ADMIN.name]).trim().split(/\s+/).pop()!;
  tokens.set(daemon, token);
  return token;
}

/** Calls the API with a token. */
export async function callApi<T>(daemon: Daemon, path: string, init: RequestInit = {}): Promise<T> {
  const token = tokenOf(daemon);
  const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${token}` };
  const response = await fetch(`${daemon.url}/api/v1/${path}`, { ...init, headers });
  const text = await response.text();
  assert.ok(response.ok, `${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Imports the files, starts the daemon, writes the texts, makes all public. The first lesson. */
export async function publishAll(daemon: Daemon, files: readonly string[], texts: readonly Texts[]): Promise<Lesson> {
  // One by one: of several, whichever is ready first is told first.
  const ids = files.map((file) => daemon.run(['import', '--wait', file]).trim());
  await daemon.start();
  for (const [index, id] of ids.entries()) {
    const { etag } = await callApi<Lesson>(daemon, `lessons/${id}`);
    await callApi(daemon, `lessons/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': etag! },
      body: JSON.stringify({ ...texts[index], language: 'th', visibility: 'public' }),
    });
  }
  const lesson = await callApi<Lesson>(daemon, `lessons/${ids[0]}`);
  assert.equal(lesson.state, 'published');
  assert.ok(lesson.complete, JSON.stringify(lesson));
  return lesson;
}

export const SPEECH =
  'สวัสดีค่ะนักเรียน วันนี้เราเรียนเรื่องเศษส่วน เศษส่วนประกอบด้วยตัวเศษและตัวส่วน ' +
  'หนึ่งส่วนสองเท่ากับสองส่วนสี่ ลองคิดตามไปด้วยกันนะคะ';

export interface Slide {
  heading: string;
  lines: readonly string[];
}

/** Runs a program to its end; its output is in the error when it fails. */
export function runTool(program: string, args: readonly string[]): void {
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  if (done.status !== 0) throw new Error(`${program}: ${done.error?.message ?? done.stderr}`);
}

/** Draws a slide; the browser shapes Thai as it should be, ffmpeg's drawtext does not. */
export async function drawSlide(browser: Browser, path: string, slide: Slide): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(
    `<body lang="th" style="margin:0;padding:72px 90px;background:#f6f3e7;color:#24304f;` +
      `border-top:14px solid #1d2b64;font:44px/1.7 'Noto Sans Thai','Noto Sans',sans-serif">` +
      `<h1 style="margin:0 0 24px;font-size:72px;color:#1d2b64">${slide.heading}</h1>` +
      `<ul style="margin:0">${slide.lines.map((line) => `<li>${line}</li>`).join('')}</ul>`,
  );
  await page.screenshot({ path });
  await page.close();
}

/** A recorded lesson: a slide, a moving mark, Thai speech. The path of the file. A low one has fewer rungs, soon encoded. */
export async function makeLesson(
  browser: Browser,
  folder: string,
  name: string,
  seconds: number,
  slide: Slide,
  height = 720,
): Promise<string> {
  const speech = join(folder, 'speech.wav');
  const picture = join(folder, `${name}.png`);
  const output = join(folder, name);
  await drawSlide(browser, picture, slide);
  runTool('espeak-ng', ['-v', 'th', '-s', '140', '-w', speech, SPEECH]);
  const inputs = [
    ['-loop', '1', '-framerate', '25', '-i', picture],
    ['-f', 'lavfi', '-i', `color=c=0xffc53d:s=36x36:r=25:d=${seconds}`],
    ['-stream_loop', '-1', '-i', speech],
  ];
  const filter = `[0][1]overlay=x='90+t*60':y=640,scale=-2:${height}[out]`;
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const sound = ['-c:a', 'aac', '-ac', '2'];
  const maps = ['-filter_complex', filter, '-map', '[out]', '-map', '2:a', '-t', String(seconds)];
  runTool('ffmpeg', ['-v', 'error', '-y', ...inputs.flat(), ...maps, ...video, ...sound, output]);
  return output;
}
