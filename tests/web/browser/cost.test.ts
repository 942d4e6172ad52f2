// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a lesson costs, from first sight to the end of the week's budget, on one lesson of slides that is uploaded while
// the learner waits: rungs that appear, stills as they are really made, scrubbing, data saving, browsers without AV1,
// `auto` below its cap, the budget, copies of a lesson that is encoded anew. Arguments: the daorian executable.

import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import type { Lesson } from '../../../web/src/lib/types';
import { runTests, test } from '../tap';
import { countBytes, findFaults, findOverflow, launchBrowser, openContext, pageFaults, type Look } from './browser';
import { makeClass, SECONDS, SLIDES, uploadLesson, waitForLesson } from './classroom';
import { prepareDaemon, sweepDaemon } from './daemon';
import { openGate } from './gate';
import { callApi } from './lessons';

const NARROW = { width: 360, height: 740 };
const daemon = prepareDaemon(process.argv[2]!);
const browser = await launchBrowser();
let lesson: Lesson;

type Prepare = (context: BrowserContext) => Promise<unknown>;

/** A learner's fresh browser on the lesson's page, before play. */
async function openLesson(look: Look = {}, prepare: Prepare = () => Promise.resolve()): Promise<Page> {
  const context = await openContext(browser, daemon, look);
  await prepare(context);
  const page = await context.newPage();
  await page.goto(`/watch/${lesson.id}`);
  await page.locator('.player-start').waitFor();
  return page;
}

/** Puts a value into the browser's memory before any page runs, once. */
const recall =
  (key: string, value: unknown): Prepare =>
  (context) =>
    context.addInitScript(
      ([name, text]) => {
        if (location.protocol !== 'about:' && localStorage.getItem(name!) === null) localStorage.setItem(name!, text!);
      },
      [`daorian.${key}`, JSON.stringify(value)],
    );

const listRungs = (page: Page): Promise<string[]> =>
  page.locator('.rung input').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));

const chosen = (page: Page): Promise<string> => page.locator('.rung input:checked').inputValue();

async function play(page: Page, rung?: string): Promise<void> {
  if (rung) await page.locator(`.rung input[value=${rung}]`).check();
  await page.locator('.player-start').click();
  await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0);
  await page.locator('.controls').waitFor();
}

const seconds = (page: Page): Promise<number> => page.evaluate(() => document.querySelector('video')!.currentTime);

test('a learner’s open page gains the rungs as they appear, and plays on', async () => {
  await daemon.start();
  const id = await uploadLesson(daemon, await makeClass(browser, daemon.folder), 'เศษส่วนและการบวก');
  lesson = await waitForLesson(daemon, id, (item) => item.state === 'published');
  const page = await openLesson({}, recall('rung', 'voice'));
  const before = await listRungs(page);
  await page.locator('.lesson-side > .hint[role=status]').waitFor();
  await page.evaluate(() => Object.assign(window, { sameVisit: true }));
  await play(page);
  lesson = await waitForLesson(daemon, id, (item) => item.complete && !item.refining);
  const kinds = lesson.rungs.map((rung) => rung.name).filter((name) => name !== 'voice-opus');
  assert.ok(before.length < kinds.length, `${before.join(' ')} at first, of ${kinds.join(' ')}`);
  await page.locator('.rung').nth(kinds.length).waitFor({ timeout: 120_000 });
  assert.deepEqual((await listRungs(page)).sort(), [...kinds, 'auto'].sort());
  assert.equal(await page.evaluate(() => 'sameVisit' in window), true);
  assert.equal(await chosen(page), 'voice');
  assert.ok((await seconds(page)) > 2);
  await page.locator('.lesson-side > .hint[role=status]').waitFor({ state: 'detached', timeout: 120_000 });
  await page.context().close();
}, 900);

test('to a usable page and the first sound at most 30 KB of script, style and data', async () => {
  for (const rung of ['voice', 'slides']) {
    const context = await openContext(browser, daemon, { viewport: NARROW });
    await recall('rung', rung)(context);
    const page = await context.newPage();
    const count = await countBytes(page);
    await page.goto(`/watch/${lesson.id}`);
    await page.locator('.player-start').click();
    await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0);
    const bytes = count.total(/\/watch\/|\/assets\/(?:index|active)-|\/api\/v1\/lessons\//);
    process.stdout.write(`# ${rung}: ${bytes} bytes\n`);
    assert.ok(bytes > 20_000 && bytes <= 30_000, `${bytes} bytes`);
    await context.close();
  }
});

test('slides: every still once it is due, the strip leads, the PDF says its size', async () => {
  const page = await openLesson({ viewport: NARROW }, recall('rung', 'slides'));
  await page.locator('.player-start').click();
  await page.locator('.player-still img[data-still="0"]').waitFor();
  const strip = page.locator('.strip-slide');
  await strip.nth(SLIDES - 1).waitFor();
  assert.equal(await strip.count(), SLIDES);
  assert.equal(lesson.slides!.count, SLIDES + 1);
  const size = await page.evaluate(() => {
    const image = document.querySelector<HTMLImageElement>('.player-still img')!;
    return [image.naturalWidth, image.naturalHeight];
  });
  assert.deepEqual(size, [854, 480]);
  await strip.nth(2).click();
  await page.locator(`.player-still:not(.player-still-late) img[data-still="3"]`).waitFor();
  assert.ok((await seconds(page)) >= (SECONDS / (SLIDES + 1)) * 3 - 1);
  await page.locator('.strip-slide[aria-current=true]').filter({ hasText: '3' }).waitFor();
  await strip.nth(2).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.locator(`.player-still:not(.player-still-late) img[data-still="0"]`).waitFor();
  await page.keyboard.press('PageDown');
  await page.locator(`.player-still:not(.player-still-late) img[data-still="2"]`).waitFor();
  const pdf = page.locator('a[href$=".pdf"]');
  const { pdf: url, pdf_bytes: bytes } = lesson.slides!;
  const answer = await fetch(`${daemon.url}${url}`);
  assert.equal((await answer.arrayBuffer()).byteLength, bytes);
  assert.match(await pdf.innerText(), /\d (?:KB|MB)/);
  assert.deepEqual(await findOverflow(page), []);
  await page.context().close();
});

test('the waveform of sound alone is drawn; the storyboard comes with the first scrub, by key too', async () => {
  const page = await openLesson();
  const count = await countBytes(page);
  const asked = (name: string): number => count.urls().filter((url) => url.includes(name)).length;
  await play(page, 'voice');
  const wave = page.locator('canvas.waveform');
  await wave.waitFor();
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.waveform')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
  });
  await page.locator('.rung input[value=small]').check();
  await wave.waitFor();
  const seek = page.locator('.seek');
  await seek.hover();
  await page.locator('.preview').waitFor();
  assert.equal(asked('storyboard'), 0);
  await page.mouse.move(0, 0);
  await seek.focus();
  await page.keyboard.press('ArrowRight');
  const picture = page.locator('.preview-picture');
  await picture.waitFor();
  const tile = (): Promise<string> => picture.evaluate((element) => element.getAttribute('style') ?? '');
  const first = await tile();
  await page.keyboard.press('End');
  await page.waitForFunction((style) => document.querySelector('.preview-picture')?.getAttribute('style') !== style, first);
  assert.match(await tile(), /url\("blob:/);
  await page.keyboard.press('Tab');
  await picture.waitFor({ state: 'detached' });
  await seek.hover();
  await page.mouse.down();
  await picture.waitFor();
  await page.mouse.up();
  assert.equal(asked('storyboard.vtt'), 1);
  assert.equal(asked('storyboard.'), 2);
  await page.context().close();
});

test('data saving: a cheap rung is proposed, nothing is fetched before play, and it plays', async () => {
  const context = await openContext(browser, daemon, { viewport: NARROW });
  await context.setExtraHTTPHeaders({ 'Save-Data': 'on' });
  await context.addInitScript(() => {
    const { connection } = navigator as unknown as { connection: object };
    Object.defineProperty(Object.getPrototypeOf(connection), 'saveData', { get: () => true });
  });
  const page = await context.newPage();
  const count = await countBytes(page);
  await page.goto(`/watch/${lesson.id}`);
  await page.locator('.budget-line').waitFor();
  await page.waitForLoadState('networkidle');
  assert.equal(await chosen(page), 'slides');
  const early = /poster|\.mp4|\.webp|\.vtt|\/assets\/(?:active|controls|auto|register|queue)-|sw\.js|manifest/;
  assert.deepEqual(count.urls().filter((url) => early.test(url)), []);
  assert.match(await page.locator('.budget-line').innerText(), /ประหยัดเน็ต|ประหยัดข้อมูล/);
  await play(page);
  await page.locator('.player-still img[data-still]').waitFor();
  assert.deepEqual(count.urls().filter((url) => /poster|storyboard|waveform/.test(url)), []);
  await context.close();
});

test('a browser that refuses AV1 is offered none, is told so, and plays what is proposed', async () => {
  for (const way of ['type', 'smooth'] as const) {
    const page = await openLesson({}, async (context) => {
      await recall('rung', 'lite')(context);
      await context.addInitScript((kind) => {
        if (kind === 'smooth') {
          navigator.mediaCapabilities.decodingInfo = () =>
            Promise.resolve({ supported: true, smooth: false, powerEfficient: false } as MediaCapabilitiesDecodingInfo);
          return;
        }
        const before = MediaSource.isTypeSupported.bind(MediaSource);
        MediaSource.isTypeSupported = (type) => !type.includes('av01') && before(type);
      }, way);
    });
    await page.locator('.rungs .hint[role=status]').waitFor();
    assert.match(await page.locator('.rungs').innerText(), /เล่น “ภาพประหยัด” ไม่ได้/);
    const names = await listRungs(page);
    assert.deepEqual(names.filter((name) => name === 'lite' || name === 'clear'), []);
    assert.equal(await chosen(page), 'medium');
    await play(page);
    assert.ok((await page.evaluate(() => document.querySelector('video')!.videoWidth)) > 0);
    await page.context().close();
  }
});

test('the first rung follows a small measured transfer, without `auto`', async () => {
  const quick = await openLesson();
  assert.equal(await chosen(quick), 'medium');
  await quick.context().close();
  const context = await openContext(browser, daemon);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const rate = 6000;
  const line = { offline: false, latency: 100, downloadThroughput: rate, uploadThroughput: rate };
  await session.send('Network.emulateNetworkConditions', line);
  const count = await countBytes(page);
  await page.goto(`/watch/${lesson.id}`);
  await page.locator('.player-start').waitFor();
  const name = await chosen(page);
  const need = (rung: string): number =>
    Math.min(...lesson.rungs.filter((item) => item.name.startsWith(rung)).map((item) => item.bytes)) / SECONDS;
  process.stdout.write(`# at ${rate} bytes a second: ${name}, which needs ${Math.round(need(name))}\n`);
  assert.ok(need(name) <= rate * 0.75 && need('medium') > rate * 0.75, name);
  assert.notEqual(name, 'auto');
  assert.deepEqual(count.urls().filter((url) => /\.mp4|\.m3u8/.test(url)), []);
  await context.close();
});

test('`auto` never takes a rung above the chosen one, however quick the line', async () => {
  const page = await openLesson();
  const count = await countBytes(page);
  await page.locator('.rung input[value=auto]').check();
  await page.locator('.rung-cap select').selectOption('small');
  await play(page);
  await page.waitForFunction((end) => {
    const { buffered } = document.querySelector('video')!;
    return buffered.length > 0 && buffered.end(buffered.length - 1) > end;
  }, SECONDS - 8);
  const names = new Set(count.urls().map((url) => /\/lessons\/[^/]+\/([a-z-]+)\.[0-9a-f]{8}\.mp4/.exec(url)?.[1]));
  names.delete(undefined);
  assert.deepEqual([...names], ['small']);
  assert.equal(await page.evaluate(() => document.querySelector('video')!.videoHeight), 270);
  await page.context().close();
});

/** What the page says this week has cost. */
function readSpent(page: Page): Promise<number> {
  return page.evaluate(() => {
    const mine = Object.keys(localStorage).filter((key) => key.startsWith('daorian.spent.'));
    return mine.reduce((sum, key) => sum + Number(localStorage.getItem(key)), 0);
  });
}

const isPaused = (page: Page): Promise<boolean> => page.evaluate(() => document.querySelector('video')!.paused);

/** Opens the list of copies on the lesson's page and keeps one whole. */
async function keepWhole(page: Page, name: RegExp): Promise<void> {
  const show = page.locator('.keep > button');
  await show.or(page.locator('.keep-list')).first().waitFor();
  if (await show.isVisible()) await show.click();
  const row = page.locator('.keep-row').filter({ hasText: name });
  await row.locator('.keep-button').click();
  await row.locator('.copy-kept').waitFor({ timeout: 60_000 });
}

test('the budget: a warning, a stop with a choice by keyboard, going on that counts, a kept copy that costs nothing', async () => {
  const limit = 420_000;
  const gate = await openGate(daemon.url, 60_000);
  const context = await openContext(browser, { ...daemon, url: gate.url }, { viewport: NARROW });
  await recall('budget', limit)(context);
  const page = await context.newPage();
  await page.goto(`/watch/${lesson.id}`);
  await page.locator('.player-start').waitFor();
  await keepWhole(page, /เสียงอย่างเดียว/);
  const sound = lesson.rungs.find((rung) => rung.name === 'voice-opus')!.bytes;
  assert.ok((await readSpent(page)) > sound, 'the copy was not counted');
  await page.locator('.rung input[value=large]').check();
  await page.locator('.player-start').click();
  const near = page.locator('.player-near');
  await near.waitFor();
  assert.match(await near.innerText(), /(?:8\d|9\d|100)%/);
  const stop = page.locator('.player-stop');
  await stop.waitFor();
  assert.equal(await isPaused(page), true);
  assert.equal(await stop.getAttribute('role'), 'alertdialog');
  assert.equal(await page.evaluate(() => document.activeElement?.closest('.player-stop') !== null), true);
  assert.equal(await stop.locator('a[href="/offline"]').count(), 1);
  assert.deepEqual(await findFaults(page), []);
  assert.deepEqual(await findOverflow(page), []);
  const held = await readSpent(page);
  assert.ok(held >= limit && held < limit + 80_000, `${held} of ${limit}`);
  // Neither a key nor the button below plays on behind the question.
  await page.keyboard.press('k');
  await page.locator('.control-play').click();
  await page.locator('.player-stop button').first().focus();
  await page.waitForFunction(() => document.querySelector('video')!.paused); // an event later than the key at most
  await page.keyboard.press('Enter');
  await stop.waitFor({ state: 'detached' });
  await page.waitForFunction(() => !document.querySelector('video')!.paused);
  for (let spent = held; spent < held + 60_000; spent = await readSpent(page)) await page.waitForTimeout(100);
  await page.evaluate(() => document.querySelector('video')!.pause());
  await gate.settle(); // a page that goes cannot count what it has not read yet
  // A kept copy plays at the end of the budget, and is what is proposed.
  await page.reload();
  await page.locator('.player-start').waitFor();
  assert.equal(await chosen(page), 'voice');
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  const [counted, sent] = [await readSpent(page), gate.sent()];
  process.stdout.write(`# page counted ${counted}, the line carried ${sent}\n`);
  assert.ok(Math.abs(counted - sent) <= sent * 0.02, `${counted} of ${sent}`);
  await play(page);
  await page.waitForFunction(() => document.querySelector('video')!.currentTime > 1);
  assert.equal(await stop.count(), 0);
  await page.locator('.rung input[value=small]').check();
  await stop.waitFor();
  await context.close();
  gate.close();
});

/** Serious faults of a page as it is, and what sticks out of it. */
async function assertFine(page: Page, what: string): Promise<void> {
  assert.deepEqual(await findFaults(page), [], what);
  assert.deepEqual(await findOverflow(page), [], what);
}

test('axe finds no serious fault in slides, settings and the end of the budget, in both themes and languages', async () => {
  for (const look of [{}, { dark: true }, { english: true }, { dark: true, english: true }]) {
    const page = await openLesson({ ...look, viewport: NARROW }, recall('rung', 'slides'));
    const what = JSON.stringify(look);
    await play(page);
    await page.locator('.strip-slide').nth(SLIDES - 1).waitFor();
    await page.locator('.budget-line').waitFor();
    await assertFine(page, `slides ${what}`);
    await page.locator('.settings-button').click();
    await page.locator('dialog.settings[open]').waitFor();
    await assertFine(page, `settings ${what}`);
    await page.keyboard.press('Escape');
    await page.locator('dialog.settings').waitFor({ state: 'detached' });
    await page.evaluate(() => {
      localStorage.setItem('daorian.budget', '1000');
      dispatchEvent(new StorageEvent('storage', { key: 'daorian.budget' }));
    });
    await page.locator('.player-stop').waitFor();
    await assertFine(page, `stop ${what}`);
    await page.context().close();
  }
});

test('a kept lesson that was encoded anew: the old copy plays until the new one is whole, even with the line cut', async () => {
  const gate = await openGate(daemon.url, 60_000);
  const context = await openContext(browser, { ...daemon, url: gate.url }, { viewport: NARROW });
  const page = await context.newPage();
  await page.goto(`/watch/${lesson.id}`);
  await keepWhole(page, /ภาพเล็ก/);
  await keepWhole(page, /สไลด์กับเสียง/);
  await callApi(daemon, `lessons/${lesson.id}/interpreter`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ x: 700, y: 600, width: 200, height: 300 }),
  });
  const fileOf = (item: Lesson): string => item.rungs.find((rung) => rung.name === 'small')?.file_url ?? '';
  const newer = await waitForLesson(daemon, lesson.id, (item) => item.complete && fileOf(item) !== '' && fileOf(item) !== fileOf(lesson));
  await page.goto('/offline');
  await page.locator('.copy-kept').nth(1).waitFor();
  await page.getByRole('button', { name: 'ตรวจว่ามีฉบับใหม่ไหม' }).click();
  await page.getByRole('button', { name: /^เก็บฉบับใหม่/ }).click();
  await page.locator('.copy-loading').waitFor();
  gate.cut();
  // Nothing is lost: both old copies are whole, without the line.
  assert.equal(await page.locator('.copy-kept').count(), 2);
  await page.goto(`/watch/${lesson.id}`);
  await play(page, 'small');
  await page.waitForFunction(() => document.querySelector('video')!.currentTime > 1);
  assert.equal(await page.evaluate(() => document.querySelector('video')!.videoHeight), 270);
  gate.mend();
  await page.goto('/offline');
  await page.locator('.copy-loading, .copy-queued').first().waitFor({ state: 'detached', timeout: 60_000 });
  await page.waitForFunction(() => {
    const all = document.querySelectorAll('.copies .copy').length;
    return all === 2 && document.querySelectorAll('.copies .copy-kept').length === all;
  }, undefined, { timeout: 60_000 });
  await page.getByRole('button', { name: 'ตรวจว่ามีฉบับใหม่ไหม' }).click();
  await page.getByText('เป็นฉบับล่าสุด').waitFor();
  gate.cut();
  const count = await countBytes(page);
  await page.goto(`/watch/${lesson.id}`);
  await play(page, 'small');
  assert.ok(count.urls().some((url) => url.endsWith(fileOf(newer))), fileOf(newer));
  await context.close();
  gate.close();
}, 900);

test('no page reported a script error or a breach of the content policy', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
