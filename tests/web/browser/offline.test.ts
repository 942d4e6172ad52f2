// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Kept lessons, with a real daemon that is really stopped: play to the end with no network, frames
// counted; the browser killed in mid-download; budget, undo, an insecure page. Arguments: the daorian
// executable.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { Lesson } from '../../../web/src/lib/types';
import { runTests, test } from '../tap';
import {
  findFaults,
  findOverflow,
  FLAGS,
  launchBrowser,
  openContext,
  pageFaults,
  PATIENCE_MS,
  PHONE,
  playToEnd,
  takeScreenshot,
} from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';
import { openGate } from './gate';
import { callApi, publishAll } from './lessons';

const SECONDS = 10;
const BLOCK = 256 * 1024;
const SLIDES_TITLE = 'สองสไลด์';
const daemon = prepareDaemon(process.argv[2]!);
const profile = join(daemon.folder, 'profile');
const browser = await launchBrowser();
const frames = new Map<string, number>();
let lesson: Lesson;

function runTool(program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 120_000 });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

/** A picture that never stands still, so that its rungs have many blocks. */
function makeRestless(): string {
  const path = join(daemon.folder, 'restless.mp4');
  const video = ['-f', 'lavfi', '-i', `testsrc2=s=1280x720:r=25:d=${SECONDS},noise=alls=20:allf=t`];
  const sound = ['-f', 'lavfi', '-i', `sine=f=330:d=${SECONDS}`];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  runTool('ffmpeg', ['-v', 'error', '-y', ...video, ...sound, ...coding, path]);
  return path;
}

/** Two slides and a tone. */
function makeSlides(): string {
  const path = join(daemon.folder, 'slides.mp4');
  const slide = (ground: string, box: string): string[] => [
    '-f', 'lavfi', '-i', `color=c=${ground}:s=640x360:r=10:d=4,drawbox=${box}:t=fill`,
  ];
  const inputs = [...slide('white', 'x=50:y=50:w=200:h=100:c=blue'), ...slide('yellow', 'x=350:y=150:w=200:h=100:c=red')];
  const join_ = ['-f', 'lavfi', '-i', 'sine=f=300:d=8', '-filter_complex', '[0][1]concat=n=2:v=1[v]', '-map', '[v]', '-map', '2:a'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  runTool('ffmpeg', ['-v', 'error', '-y', ...inputs, ...join_, ...coding, path]);
  return path;
}

function countFrames(url: string): number {
  const args = ['-v', 'error', '-select_streams', 'v', '-count_packets', '-show_entries', 'stream=nb_read_packets'];
  return Number.parseInt(runTool('ffprobe', [...args, '-of', 'csv=p=0', url]) || '0', 10) || 0;
}

/** Opens the list of what can be kept on the lesson's page. */
async function openChoices(page: Page, id = lesson.id): Promise<void> {
  await page.goto(`/watch/${id}`);
  const show = page.locator('.keep > button');
  await show.or(page.locator('.keep-list')).first().waitFor();
  if (await show.isVisible()) await show.click();
  await page.locator('.keep-list').waitFor();
}

function rowOf(page: Page, name: RegExp): ReturnType<Page['locator']> {
  return page.locator('.keep-row').filter({ hasText: name });
}

async function startKeeping(page: Page, name: RegExp): Promise<void> {
  await rowOf(page, name).locator('.keep-button').click();
}

async function keepWhole(page: Page, name: RegExp): Promise<void> {
  await startKeeping(page, name);
  await rowOf(page, name).locator('.copy-kept').waitFor({ timeout: 60_000 });
}

/** Chooses a rung by its radio button, presses play, so many times faster than it is, and waits for the end. */
async function playRung(page: Page, rung: string, rate = 4): ReturnType<typeof playToEnd> {
  await page.evaluate((speed) => localStorage.setItem('daorian.rate', String(speed)), rate);
  await page.locator(`.rung input[value=${rung}]`).check();
  await page.locator('.player-start').click();
  return playToEnd(page, 90);
}

/** Bytes of the largest file that is on its way, as the database has it. */
function readHave(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('daorian-kept');
      request.onsuccess = () => resolve(request.result);
    });
    const all = await new Promise<{ bytes: number; have: number }[]>((resolve) => {
      const request = db.transaction('files').objectStore('files').getAll();
      request.onsuccess = () => resolve(request.result as { bytes: number; have: number }[]);
    });
    db.close();
    return all.sort((a, b) => b.bytes - a.bytes)[0]?.have ?? 0;
  });
}

async function waitForHave(page: Page, least: number): Promise<number> {
  for (let turn = 0; turn < 400; turn += 1) {
    const have = await readHave(page);
    if (have >= least) return have;
    await page.waitForTimeout(100);
  }
  return assert.fail(`never had ${least} bytes`);
}

test('a lesson is imported', async () => {
  lesson = await publishAll(daemon, [makeRestless(), makeSlides()], [
    { title: 'การเคลื่อนที่ของวัตถุ ชั้นมัธยมศึกษาปีที่ 2', description: 'ภาพเคลื่อนไหวตลอดเวลา' },
    { title: SLIDES_TITLE, description: '' },
  ]);
  for (const rung of lesson.rungs.filter((item) => item.file_url)) {
    frames.set(rung.name, countFrames(`${daemon.url}${rung.file_url}`));
  }
  assert.ok((lesson.rungs.find((rung) => rung.name === 'large')?.bytes ?? 0) > 5 * BLOCK, JSON.stringify(lesson.rungs));
}, 900);

test('kept, the daemon stopped, reloaded: small and voice play to their ends, and the list opens', async () => {
  const context = await openContext(browser, daemon, { viewport: PHONE });
  const page = await context.newPage();
  await openChoices(page);
  await keepWhole(page, /ภาพเล็ก/);
  await keepWhole(page, /เสียงอย่างเดียว/);
  await daemon.stop();
  await context.setOffline(true);
  await page.reload();
  await page.locator('.player-start').waitFor();
  assert.equal(await page.locator('h1').innerText(), lesson.title);
  const names = await page.locator('.rung input').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
  assert.deepEqual(names.filter((name) => name !== 'auto').sort(), ['small', 'voice']);
  const played = await playRung(page, 'small');
  assert.ok(Math.abs(played.frames - frames.get('small')!) <= 1, `${JSON.stringify(played)} of ${frames.get('small')} frames`);
  assert.ok(Math.abs(played.time - SECONDS) < 0.4, `ended at ${played.time}`);
  await page.reload();
  const heard = await playRung(page, 'voice');
  assert.ok(Math.abs(heard.time - SECONDS) < 0.4, `ended at ${heard.time}`);
  await page.locator('.menu-button').click();
  await page.locator('.nav a[href="/offline"]').click();
  await page.locator('.copies li').waitFor();
  assert.equal(await page.locator('.copy-kept').count(), 2);
  assert.match(await page.locator('.copies').innerText(), /ดูล่าสุด/);
  assert.deepEqual(await findFaults(page), []);
  assert.deepEqual(await findOverflow(page), []);
  await takeScreenshot(page, 'offline-phone');
  await page.locator('.copies h2 a').click();
  await page.locator('.player-start').waitFor();
  await context.close();
  await daemon.start();
}, 240);

test('slides and their voice play without network, every still is shown', async () => {
  const context = await openContext(browser, daemon, { viewport: PHONE });
  const page = await context.newPage();
  const found = await callApi<{ items: Lesson[] }>(daemon, `lessons?query=${encodeURIComponent(SLIDES_TITLE)}`);
  const slides = found.items[0]!;
  await openChoices(page, slides.id);
  await keepWhole(page, /สไลด์กับเสียง/);
  await context.setOffline(true);
  await page.reload();
  await page.locator('.player-start').waitFor();
  await page.evaluate(() => {
    const shown = new Set<string>();
    Object.assign(window, { shown });
    new MutationObserver(() => {
      const url = document.querySelector<HTMLImageElement>('.player-still img')?.src;
      if (url?.startsWith('blob:')) shown.add(url);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  const played = await playRung(page, 'slides', 1);
  assert.ok(Math.abs(played.time - 8) < 0.4, `ended at ${played.time}`);
  const shown = await page.evaluate(() => (window as unknown as { shown: Set<string> }).shown.size);
  assert.equal(shown, slides.slides!.count);
  await context.close();
});

test('nothing that belongs to a person is kept, and other files come from the server', async () => {
  const context = await openContext(browser, daemon);
  const page = await context.newPage();
  await openChoices(page);
  await keepWhole(page, /เสียงอย่างเดียว/);
  const stored = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    }
    return urls;
  });
  assert.deepEqual(stored.filter((path) => path !== '/' && !path.startsWith('/assets/')), []);
  assert.ok(stored.includes('/'));
  // What is called kept has all that plays it: nothing of it is still on its way.
  assert.ok(stored.some((path) => path.startsWith('/assets/controls-')), stored.join(' '));
  const seen = await page.evaluate(async (id) => {
    const answer = await fetch(`/api/v1/lessons/${id}`);
    const body = (await answer.json()) as { rungs: unknown[]; kept_only?: boolean };
    return { kept: answer.headers.has('Daorian-Kept'), rungs: body.rungs.length, only: body.kept_only ?? false };
  }, lesson.id);
  assert.deepEqual(seen, { kept: false, rungs: lesson.rungs.length, only: false });
  await context.close();
});

async function openPersistent(url: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: FLAGS,
    baseURL: url,
    locale: 'th-TH',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return { context, page: await context.newPage() };
}

/** Kills every process of the browser on this profile and waits until the line to it is gone. */
async function killBrowser(context: BrowserContext): Promise<void> {
  const closed = new Promise((resolve) => context.once('close', resolve));
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (!readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}`)) continue;
      process.kill(Number(name), 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
  await closed;
}

test('the browser is killed in mid-download: it goes on by itself where it was, at most a block is sent again', async () => {
  const gate = await openGate(daemon.url, 300_000);
  const first = await openPersistent(gate.url);
  await openChoices(first.page);
  await startKeeping(first.page, /ภาพใหญ่/);
  const before = await waitForHave(first.page, 2 * BLOCK);
  await killBrowser(first.context);
  const second = await openPersistent(gate.url);
  const starts: number[] = [];
  second.context.on('request', (request) => {
    const range = /^bytes=(\d+)-/.exec(request.headers().range ?? '')?.[1];
    if (/\/large\.[0-9a-f]{8}\.mp4/.test(request.url()) && range) starts.push(Number(range));
  });
  // No button is pressed: any page goes on.
  await second.page.goto('/');
  const large = lesson.rungs.find((rung) => rung.name === 'large')!;
  await waitForHave(second.page, large.bytes);
  assert.ok(starts.length > 0 && starts[0]! >= before, `went on at ${starts.join(' ')}, had ${before}`);
  assert.equal(starts[0]! % BLOCK, 0);
  await second.page.goto('/offline');
  await second.page.locator('.copy-kept').waitFor();
  gate.close();
  await second.page.goto(`/watch/${lesson.id}`);
  await second.page.locator('.player-start').waitFor();
  const played = await playRung(second.page, 'large');
  assert.ok(Math.abs(played.frames - frames.get('large')!) <= 1, `${JSON.stringify(played)} of ${frames.get('large')} frames`);
  await second.context.close();
}, 240);

test('the line is lost and comes back, the page is left and comes back, it is paused and goes on', async () => {
  const gate = await openGate(daemon.url, 400_000);
  const context = await openContext(browser, { ...daemon, url: gate.url });
  const page = await context.newPage();
  await openChoices(page);
  await startKeeping(page, /ภาพใหญ่/);
  await waitForHave(page, BLOCK);
  gate.cut();
  await page.locator('.copy .hint', { hasText: 'สัญญาณขาด' }).waitFor();
  gate.mend();
  await waitForHave(page, 2 * BLOCK);
  await rowOf(page, /ภาพใหญ่/).getByRole('button', { name: 'พัก' }).click();
  await rowOf(page, /ภาพใหญ่/).locator('.copy-paused').waitFor();
  await openChoices(page);
  await rowOf(page, /ภาพใหญ่/).getByRole('button', { name: 'ทำต่อ' }).click();
  await rowOf(page, /ภาพใหญ่/).locator('.copy-kept').waitFor({ timeout: 60_000 });
  await context.close();
  gate.close();
});

test('the weekly budget stops it, a larger one lets it go on', async () => {
  const gate = await openGate(daemon.url, 400_000);
  const context = await openContext(browser, { ...daemon, url: gate.url });
  await context.addInitScript(() => {
    if (location.protocol !== 'about:' && !localStorage.getItem('daorian.budget')) localStorage.setItem('daorian.budget', '700000');
  });
  const page = await context.newPage();
  await openChoices(page);
  await startKeeping(page, /ภาพใหญ่/);
  await page.locator('.copy .hint', { hasText: 'งบประจำสัปดาห์' }).waitFor();
  const have = await readHave(page);
  assert.ok(have > 0 && have <= 700_000, `${have} bytes`);
  await page.evaluate(() => {
    localStorage.setItem('daorian.budget', '900000000');
    dispatchEvent(new StorageEvent('storage', { key: 'daorian.budget' }));
  });
  await rowOf(page, /ภาพใหญ่/).locator('.copy-kept').waitFor({ timeout: 60_000 });
  await context.close();
  gate.close();
});

test('what is deleted can be brought back; the longest unwatched goes first; a withdrawn lesson plays on', async () => {
  const context = await openContext(browser, daemon, { viewport: PHONE });
  const page = await context.newPage();
  await openChoices(page);
  await keepWhole(page, /ภาพเล็ก/);
  await keepWhole(page, /เสียงอย่างเดียว/);
  await page.goto('/offline');
  await page.locator('.copy-kept').nth(1).waitFor();
  await page.getByRole('button', { name: 'เพิ่มพื้นที่ว่าง' }).click();
  await page.locator('.notice', { hasText: 'ยังไม่มีบทเรียนที่ดูแล้ว' }).waitFor();
  await page.goto(`/watch/${lesson.id}`);
  await playRung(page, 'small');
  await page.goto('/offline');
  await page.getByRole('button', { name: 'เพิ่มพื้นที่ว่าง' }).click();
  assert.equal(await page.locator('.free-list li').count(), 1);
  await page.locator('.button-bad').click();
  await page.locator('.copy-kept').nth(1).waitFor({ state: 'detached' });
  await page.locator('.toast-action').click();
  await page.locator('.copy-kept').nth(1).waitFor();
  await page.getByRole('button', { name: /^ลบ เสียง/ }).click();
  await page.locator('.copy-kept').nth(1).waitFor({ state: 'detached' });
  // The undo's time is over when its toast is gone: then the bytes are gone as well.
  await page.locator('.toast').waitFor({ state: 'detached', timeout: 60_000 });
  await page.waitForFunction(async () => {
    const request = indexedDB.open('daorian-kept');
    const db = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const count = await new Promise<number>((resolve) => {
      const all = db.transaction('copies').objectStore('copies').count();
      all.onsuccess = () => resolve(all.result);
    });
    db.close();
    return count === 1;
  });
  assert.deepEqual(await findFaults(page), []);
  await callApi(daemon, `lessons/${lesson.id}/withdraw`, { method: 'POST' });
  await page.getByRole('button', { name: 'ตรวจว่ามีฉบับใหม่ไหม' }).click();
  await page.locator('.notice', { hasText: 'นำบทเรียนนี้ออกแล้ว' }).waitFor();
  await page.goto(`/watch/${lesson.id}`);
  const played = await playRung(page, 'small');
  assert.ok(Math.abs(played.time - SECONDS) < 0.4, `ended at ${played.time}`);
  await callApi(daemon, `lessons/${lesson.id}/restore`, { method: 'POST' });
  await context.close();
});

test('a page opened with HTTP says what works, offers files and the way to HTTPS', async () => {
  const insecure = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...FLAGS, '--host-resolver-rules=MAP daorian.test 127.0.0.1'],
  });
  const context = await insecure.newContext({ locale: 'th-TH', viewport: PHONE });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const port = new URL(daemon.url).port;
  await page.goto(`http://daorian.test:${port}/watch/${lesson.id}`);
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await page.locator('.keep > button').click();
  const links = page.locator('.keep-files a');
  await links.first().waitFor();
  const hrefs = await links.evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).getAttribute('href')));
  assert.ok(hrefs.some((href) => /\/small\.[0-9a-f]{8}\.mp4$/.test(href ?? '')), hrefs.join(' '));
  assert.match(await page.locator('.keep-files').innerText(), /MB/);
  assert.deepEqual(await findFaults(page), []);
  assert.deepEqual(await findOverflow(page), []);
  await page.locator('.keep a[href="/trust"]').click();
  await page.locator('h1').waitFor();
  assert.match(await page.locator('h1').innerText(), /HTTPS/);
  await insecure.close();
});

test('no page reported a script error or a breach of the content policy', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
