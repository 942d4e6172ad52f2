// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Players that know nothing of a channel that rests come upon one: Chromium's own HLS in a plain <video>,
// ffmpeg. Each begins to play by itself. Arguments: the daorian and thai-coded executables.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runTests, test } from '../tap';
import { launchBrowser, openContext } from './browser';
import { ADMIN, prepareDaemon, sweepDaemon } from './daemon';

const WAIT_MS = 120_000;
const PATIENCE_MS = 60_000;

const daemon = prepareDaemon(process.argv[2]!);
const stream = join(daemon.folder, 'thai.ts');
const made = spawnSync(process.argv[3]!, ['16', stream], { timeout: 120_000 });
assert.equal(made.status, 0, made.stderr?.toString());
await daemon.start();
const token = daemon.run(['user', 'token', ADMIN.name]).trim();
const browser = await launchBrowser();

interface Item {
  id: string;
  state?: string;
}

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${daemon.url}/api/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'If-Match': '*', ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

async function waitFor<T>(look: () => Promise<T>, wanted: (seen: T) => boolean, most = WAIT_MS): Promise<T> {
  for (const until = Date.now() + most; ; ) {
    const seen = await look();
    if (wanted(seen)) return seen;
    assert.ok(Date.now() < until, `it stayed ${JSON.stringify(seen)}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

let channel = '';
const readState = async (): Promise<string | undefined> => (await api<Item>('GET', `channels/${channel}`)).state;

/** Nobody has asked a new daemon for the channel. */
async function rest(): Promise<void> {
  await daemon.stop();
  await daemon.start();
  await waitFor(readState, (state) => state === 'resting');
}

test('a channel is on the air, and rests', async () => {
  const source = await api<Item>('POST', 'multiplexes', { uri: `file:${stream}`, name: 'จาน', text_default: 'tis-620' });
  await api('POST', `multiplexes/${source.id}/scan`, {});
  const services = await waitFor(
    async () => (await api<{ items: Item[] }>('GET', `services?multiplex=${source.id}`)).items,
    (items) => items.length === 4,
  );
  channel = (
    await api<Item>('POST', 'channels', {
      slug: 'dao-1',
      name: 'ดาวเรียน ๑',
      service: services[0]!.id,
      rungs: ['voice', 'small'],
      window_hours: 1,
      rest_minutes: 240,
    })
  ).id;
  await fetch(`${daemon.url}/channels/dao-1/small.m3u8`);
  await waitFor(readState, (state) => state === 'on-air');
  await waitFor(
    async () => (await (await fetch(`${daemon.url}/channels/dao-1/small.m3u8`)).text()).split('.m4s').length,
    (count) => count > 3,
  );
  await rest();
}, 240);

test('the HLS of Chromium itself wakes it and plays on', async () => {
  const context = await openContext(browser, daemon);
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('response', (answer) => asked.push(`${answer.status()} ${new URL(answer.url()).pathname}`));
  page.on('requestfailed', (request) => asked.push(`failed ${new URL(request.url()).pathname}`));
  await page.goto('/healthz');
  await page.evaluate(() => {
    const video = document.createElement('video');
    video.muted = true;
    video.autoplay = true;
    video.src = '/channels/dao-1/index.m3u8';
    document.body.append(video);
  });
  const look = (): Promise<{ time: number; frames: number; error: string | null }> =>
    page.evaluate(() => {
      const video = document.querySelector('video')!;
      return {
        time: video.currentTime,
        frames: video.getVideoPlaybackQuality().totalVideoFrames,
        error: video.error && `${video.error.code} ${video.error.message}`,
      };
    });
  const began = Date.now();
  const first = await waitFor(look, (seen) => seen.frames > 5 || seen.error !== null, PATIENCE_MS);
  process.stdout.write(`# plays after ${Date.now() - began} ms: ${asked.slice(0, 20).join(', ')}\n`);
  assert.equal(first.error, null);
  const later = await waitFor(look, (seen) => seen.frames > first.frames + 250 || seen.error !== null, PATIENCE_MS);
  assert.equal(later.error, null);
  await context.close();
});

test('ffmpeg wakes it and plays', async () => {
  await rest();
  const began = Date.now();
  const url = `${daemon.url}/channels/dao-1/index.m3u8`;
  const player = spawn('ffmpeg', ['-v', 'error', '-i', url, '-t', '3', '-map', '0:v:0', '-f', 'framecrc', '-']);
  let out = '';
  let said = '';
  player.stdout.on('data', (data: Buffer) => (out += data.toString()));
  player.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const status = await new Promise<number | null>((done) => player.once('exit', done));
  process.stdout.write(`# ends after ${Date.now() - began} ms\n`);
  assert.equal(status, 0, said);
  assert.ok(out.split('\n').filter((line) => /^0,/.test(line)).length > 30, said);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
