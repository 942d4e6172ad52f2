// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live channels in Chromium. First over a window of true media that an earlier daemon left: the first page,
// the price of an hour, playing, rewinding by slider and keys, both languages, a phone's width, axe. Then from
// the administrator's page to a picture that goes on, with a multiplex in a loop. Arguments: the daorian
// executable, the program that fills a window, the one that makes a multiplex.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { ChannelList } from '../../../web/src/live/types';
import { runTests, test } from '../tap';
import {
  countBytes,
  findFaults,
  findOverflow,
  launchBrowser,
  openContext,
  pageFaults,
  signIn,
  takeScreenshot,
} from './browser';
import { ADMIN, prepareDaemon, sweepDaemon } from './daemon';

const SECONDS = 24;
const NARROW = { width: 360, height: 740 };
const daemon = prepareDaemon(process.argv[2]!);
await daemon.start();
const token = daemon.run(['user', 'token', ADMIN.name]).trim();

async function api<T>(method: string, path: string, body?: unknown, etag?: string): Promise<T> {
  const answer = await fetch(`${daemon.url}/api/v1/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(etag ? { 'If-Match': etag } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}

declare global {
  interface Window {
    heard: HTMLAudioElement[];
    Audio: typeof Audio;
  }
}

interface Made {
  id: string;
  etag: string;
}

const browser = await launchBrowser();
const context = await openContext(browser, daemon);
// Sounds beside a picture stand in no document.
await context.addInitScript(() => {
  const Plain = window.Audio;
  window.heard = [];
  window.Audio = class extends Plain {
    constructor() {
      super();
      window.heard.push(this);
    }
  };
});
const page = await context.newPage();

/** Plays on for so many seconds, wherever that is: a jump does not count. */
async function playOn(target: Page, seconds: number): Promise<void> {
  await target.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        const video = document.querySelector('video')!;
        let last = video.currentTime;
        let played = 0;
        video.addEventListener('timeupdate', function follow() {
          const step = video.currentTime - last;
          last = video.currentTime;
          if (step > 0 && step < 2) played += step;
          if (played < wanted) return;
          video.removeEventListener('timeupdate', follow);
          resolve();
        });
      }),
    seconds,
  );
}

const readFrames = (): Promise<number> =>
  page.evaluate(() => document.querySelector('video')!.getVideoPlaybackQuality().totalVideoFrames);

test('an empty first page asks for channels once and shows nothing of them', async () => {
  const asked = page.waitForResponse((response) => response.url().endsWith('/api/v1/channels'));
  await page.goto('/');
  await asked;
  await page.locator('.empty-title').waitFor();
  assert.equal(await page.locator('.live-strip').count(), 0);
});

test('a channel that is switched on appears with its state and leads to its page', async () => {
  const made = await api<Made>('POST', 'channels', { slug: 'class-1', name: 'ห้องเรียน ป.๑', enabled: false });
  const folder = join(daemon.folder, 'data', 'channels', made.id);
  const done = spawnSync(process.argv[3]!, [folder, String(SECONDS)], { encoding: 'utf8', timeout: 240_000 });
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
  await api('PATCH', `channels/${made.id}`, { enabled: true }, made.etag);
  await page.goto('/');
  const card = page.locator('.live-card');
  await card.waitFor();
  assert.match(await card.innerText(), /ห้องเรียน ป\.๑/);
  assert.deepEqual(await findFaults(page), []);
  await card.click();
  await page.waitForURL('**/channel/class-1');
  assert.equal(await page.locator('h1').innerText(), 'ห้องเรียน ป.๑');
}, 900);

test('the page says why nothing new comes, and what an hour costs before anything is played', async () => {
  await page.locator('.notice').waitFor();
  assert.match(await page.locator('.notice').innerText(), /ยังไม่ได้เลือกช่อง/);
  const prices = await page.locator('.live-rung').allInnerTexts();
  assert.equal(prices.length, 2);
  for (const price of prices) assert.match(price, /\d+(\.\d)? (KB|MB) ต่อชั่วโมง/);
  assert.equal(await page.locator('.live-rung input:checked').getAttribute('value'), 'small');
  assert.deepEqual(await findFaults(page), []);
});

test('play begins near the live edge, in the chosen quality alone', async () => {
  const count = await countBytes(page);
  await page.locator('.player-start').click();
  await playOn(page, 2);
  assert.ok((await readFrames()) > 10);
  const media = count.urls().filter((url) => url.includes('/channels/'));
  assert.ok(media.some((url) => url.endsWith('/small.m3u8')) && media.some((url) => url.endsWith('.m4s')));
  assert.deepEqual(media.filter((url) => url.includes('/voice/')), []);
  assert.match(await page.locator('.clock').innerText(), /กำลังดูสด/);
});

test('the slider rewinds by wall clock, and the frames of that moment come', async () => {
  const slider = page.locator('.rewind .seek');
  await slider.focus();
  await page.keyboard.press('Home');
  await page.locator('.live-edge').waitFor();
  await playOn(page, 2);
  assert.match(await page.locator('.clock').innerText(), /ย้อนหลัง เวลา .*\d\d:\d\d น\./);
  assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /\d\d:\d\d:\d\d น\./);
  assert.ok((await page.evaluate(() => document.querySelector('video')!.currentTime)) < SECONDS / 2);
  assert.ok((await readFrames()) > 10);
  assert.deepEqual(await findFaults(page), []);
  await page.locator('.live-edge').click();
  await page.locator('.live-edge').waitFor({ state: 'detached' });
  await playOn(page, 1);
});

test('captions are off until somebody wants them, and stand where they belong', async () => {
  const button = page.locator('.live-captions');
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  const file = page.waitForResponse((response) => /\/captions-tha\/\d+\.vtt$/.test(response.url()));
  await button.click();
  assert.equal((await file).status(), 200);
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  const read = (): Promise<[string, number][]> =>
    page.evaluate(() => {
      const cues = Array.from(document.querySelector('video')!.textTracks[0]?.cues ?? []);
      return cues.map((cue): [string, number] => [(cue as VTTCue).text, cue.startTime]);
    });
  // A mark each two seconds; of a caption in pieces the first counts, of which the earliest may be missing.
  let marks = new Map((await read()).reverse());
  while (marks.size < 3) {
    await playOn(page, 0.5);
    marks = new Map((await read()).reverse());
  }
  for (const text of marks.keys()) assert.match(text, /^mark \d+$/);
  const [early, late] = [...marks.entries()].sort((one, other) => one[1] - other[1]).slice(-2);
  const apart = Number(late![0].slice(5)) - Number(early![0].slice(5));
  assert.ok(Math.abs(late![1] - early![1] - 2 * apart) < 0.1, JSON.stringify([...marks]));
  assert.deepEqual(await findFaults(page), []);
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  assert.equal(await page.evaluate(() => document.querySelector('video')!.textTracks[0]!.mode), 'disabled');
});

test('another sound takes the place of the first, and goes with the picture', async () => {
  const sound = page.locator('.live-select');
  assert.deepEqual(await sound.locator('option').allInnerTexts(), ['เสียงหลัก', 'อังกฤษ']);
  const file = page.waitForResponse((response) => /\/voice-eng\/\d+\.m4s$/.test(response.url()));
  await sound.selectOption('voice-eng');
  await file;
  assert.equal(await page.evaluate(() => document.querySelector('video')!.muted), true);
  assert.equal(await page.getByRole('button', { name: 'ปิดเสียง' }).count(), 1);
  await page.waitForFunction(() => {
    const audio = window.heard.at(-1);
    return audio !== undefined && !audio.paused && audio.currentTime > 0 && audio.buffered.length > 0;
  });
  await playOn(page, 1);
  await page.getByRole('button', { name: 'ปิดเสียง' }).click();
  assert.equal(await page.evaluate(() => window.heard.at(-1)!.muted), true);
  await page.getByRole('button', { name: 'เปิดเสียง' }).click();
  await sound.selectOption('');
  assert.equal(await page.evaluate(() => document.querySelector('video')!.muted), false);
  assert.equal(await page.evaluate(() => window.heard.at(-1)!.paused), true);
  assert.deepEqual(pageFaults, []);
});

test('the bar shows a small picture of the moment under the pointer', async () => {
  const box = (await page.locator('.rewind .seek').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  const picture = page.locator('img.scrub');
  await picture.waitFor();
  await page.waitForFunction(() => (document.querySelector('img.scrub') as HTMLImageElement).naturalWidth > 100);
  await takeScreenshot(page, 'channel-scrub');
  await page.mouse.move(10, 10);
  await picture.waitFor({ state: 'detached' });
});

test('another quality goes on at the same place', async () => {
  await page.locator('.rewind .seek').focus();
  await page.keyboard.press('Home');
  await page.locator('.live-edge').waitFor();
  await playOn(page, 1);
  const voice = page.waitForResponse((response) => /\/voice\/\d+\.m4s$/.test(response.url()));
  await page.locator('.live-rung input[value=voice]').check();
  await voice;
  await playOn(page, 1);
  assert.equal(await page.locator('.live-edge').count(), 1);
  assert.equal(await page.evaluate(() => document.querySelector('video')!.videoWidth), 0);
});

test('in English on a phone it fits, works by keyboard and has no fault', async () => {
  const phone = await openContext(browser, daemon, { viewport: NARROW, english: true });
  const small = await phone.newPage();
  await small.goto('/channel/class-1');
  await small.locator('.live-rung').first().waitFor();
  await small.locator('.player-start').focus();
  await small.keyboard.press('Enter');
  await playOn(small, 1);
  await small.locator('.rewind .seek').focus();
  await small.keyboard.press('Home');
  await small.locator('.live-edge').waitFor();
  assert.match(await small.locator('.clock').innerText(), /what was on at \d\d:\d\d/);
  assert.match(await small.locator('.notice').innerText(), /No service is chosen/);
  assert.deepEqual(await findOverflow(small), []);
  assert.deepEqual(await findFaults(small), []);
  await takeScreenshot(small, 'channel-phone');
  await phone.close();
});

test('an address that is none says so', async () => {
  await page.goto('/channel/nothing');
  await page.getByText('ไม่พบช่องนี้').first().waitFor();
  assert.deepEqual(pageFaults, []);
});

test('an administrator makes a channel from a service, and a learner watches it go on', async () => {
  const stream = join(daemon.folder, 'thai.ts');
  const done = spawnSync(process.argv[4]!, ['16', stream], { encoding: 'utf8', timeout: 120_000 });
  assert.equal(done.status, 0, done.stderr);
  const source = await api<Made>('POST', 'multiplexes', { uri: `file:${stream}`, name: 'จาน', text_default: 'tis-620' });
  await api('POST', `multiplexes/${source.id}/scan`, {});
  const office = await openContext(browser, daemon);
  const desk = await office.newPage();
  await signIn(desk);
  // The scan takes as long as it takes: the list is read again until the service is in it.
  const service = desk.locator('details.panel select').first();
  do {
    await desk.goto('/admin/channels');
    await desk.locator('details.panel > summary').click();
    await desk.waitForResponse((response) => response.url().endsWith('/api/v1/channels'));
  } while ((await service.locator('option').count()) < 4);
  await service.selectOption({ label: 'ดาวเรียน ๑' });
  const form = desk.locator('details.panel form');
  assert.equal(await form.locator('input').nth(0).inputValue(), 'ดาวเรียน ๑');
  await form.locator('input').nth(1).fill('Dao 1');
  await form.locator('button[type=submit]').click();
  await form.locator('.notice').waitFor();
  await form.locator('input').nth(1).fill('dao-1');
  await form.locator('select').nth(1).selectOption('voice small');
  // Subtitles are off until somebody wants them; then there is a rung to choose, too.
  assert.equal(await form.locator('select').nth(2).inputValue(), '');
  assert.equal(await form.locator('select').count(), 4);
  await form.locator('select').nth(2).selectOption('tha');
  await form.locator('select').nth(3).selectOption('small');
  // It runs all the time until somebody lets it rest, and then is told what that costs.
  const rest = form.getByLabel('เมื่อไม่มีผู้ชม');
  assert.equal(await rest.inputValue(), '0');
  assert.equal(await form.getByText('ย้อนดูช่วงที่พักไม่ได้').count(), 0);
  await rest.selectOption('240');
  await form.getByText('ย้อนดูช่วงที่พักไม่ได้').waitFor();
  await form.locator('button[type=submit]').click();
  const row = desk.locator('.row', { has: desk.locator('a[href="/channel/dao-1"]') });
  await row.locator('.chip-on-air').waitFor({ timeout: 120_000 });
  const made = (await api<ChannelList>('GET', 'channels?slug=dao-1')).items[0]!.settings!;
  assert.deepEqual([made.burn_subtitles, made.burn_rung, made.rest_minutes], ['tha', 'small', 240]);
  assert.deepEqual(await findFaults(desk), []);
  assert.deepEqual(await findOverflow(desk), []);
  await takeScreenshot(desk, 'channels-desktop');

  await page.goto('/channel/dao-1');
  await page.locator('.live-rung').first().waitFor({ timeout: 120_000 });
  await page.locator('.player-start').click();
  // More than there was when it began: new segments come and are played, over the seam of the loop.
  await playOn(page, 20);
  assert.equal(await page.locator('.live-edge').count(), 0);
  await takeScreenshot(page, 'channel-desktop');

  // Nobody asked a new daemon for it: it rests until its page is opened, which says what goes on.
  await page.goto('about:blank');
  await daemon.stop();
  await daemon.start();
  await row.locator('.chip-resting').waitFor({ timeout: 60_000 });
  await page.goto('/channel/dao-1');
  await page.locator('.chip-resting, .chip-waiting, .chip-on-air').first().waitFor();
  await page.locator('.player-start').click();
  await playOn(page, 4);
  await row.locator('.chip-on-air').waitFor({ timeout: 60_000 });

  // What services show is fetched when somebody wants it, with the time it was taken.
  const picker = await office.newPage();
  await picker.goto('/admin/broadcasts');
  await picker.getByLabel('ดูภาพของแต่ละช่อง').check();
  const snapshot = picker.locator('.snapshot').first();
  await snapshot.waitFor({ timeout: 120_000 });
  await picker.waitForFunction(() => (document.querySelector('.snapshot img') as HTMLImageElement).naturalWidth > 200);
  assert.match(await snapshot.innerText(), /ภาพเมื่อ \d+:\d\d/);
  assert.deepEqual(await findFaults(picker), []);
  await takeScreenshot(picker, 'broadcasts-pictures');
  await picker.close();

  desk.on('dialog', (dialog) => void dialog.accept());
  await row.getByRole('button', { name: 'ปิดช่อง' }).click();
  await row.locator('.chip-off').waitFor();
  await row.getByRole('button', { name: 'ลบช่อง' }).click();
  await row.waitFor({ state: 'detached' });
  await office.close();
  assert.deepEqual(pageFaults, []);
}, 900);

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
