// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The other sound of a recorded lesson in Chromium: a service with two languages is recorded, and the lesson's page lets
// the learner choose, on a phone and by keyboard, in a chosen quality and after another one, in a browser that can do less
// and where the lesson is kept. Arguments: the daorian executable, the program that makes a multiplex.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Lesson } from '../../../web/src/lib/types';
import { runTests, test } from '../tap';
import { DESKTOP, PHONE, findFaults, findOverflow, launchBrowser, openContext, pageFaults, takeScreenshot } from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';
import { callApi } from './lessons';

const WAIT_MS = 180_000;
const daemon = prepareDaemon(process.argv[2]!);
const stream = join(daemon.folder, 'thai.ts');
const done = spawnSync(process.argv[3]!, ['--full', '16', stream], { encoding: 'utf8', timeout: 120_000 });
assert.equal(done.status, 0, done.stderr);
await daemon.start();
const browser = await launchBrowser();

declare global {
  interface Window {
    others: HTMLAudioElement[];
    Audio: typeof Audio;
  }
}

interface Heard {
  at: number;
  sound: number;
  own: boolean;
  other: boolean;
}

function send<T>(path: string, body: unknown): Promise<T> {
  return callApi<T>(daemon, path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

async function waitFor<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((go) => setTimeout(go, 300));
  }
  throw new Error('it never came');
}

async function record(): Promise<Lesson> {
  interface Found {
    items: { id: string; streams: { kind: string }[] }[];
  }
  const source = await send<{ id: string }>('multiplexes', { uri: `file:${stream}`, name: 'จาน', text_default: 'tis-620' });
  await send(`multiplexes/${source.id}/scan`, {});
  const { items } = await waitFor(async () => {
    const found = await callApi<Found>(daemon, `services?multiplex=${source.id}`);
    return found.items.length === 4 && found;
  });
  const several = items.filter((item) => item.streams.filter((one) => one.kind === 'audio').length > 1);
  // The first says that it has a second sound, and sends nothing that can be decoded.
  const channel = await send<{ id: string }>('channels', {
    slug: 'dao', name: 'ดาวเรียน', service: several[1]!.id, rungs: ['voice', 'small', 'medium'], window_hours: 1,
  });
  const window = await waitFor(async () => {
    const now = await callApi<{ window: { first_ms: number; last_ms: number } | null }>(daemon, `channels/${channel.id}`);
    return now.window && now.window.last_ms - now.window.first_ms > 24_000 ? now.window : null;
  });
  const booking = await send<{ id: string }>('bookings', {
    channel: channel.id, start_ms: window.last_ms - 20_000, end_ms: window.last_ms, title: 'เรียนสองภาษา', visibility: 'public',
  });
  const kept = await waitFor(async () => {
    const now = await callApi<{ state: string; lesson_id: string }>(daemon, `bookings/${booking.id}`);
    return now.state === 'done' && now;
  });
  return callApi<Lesson>(daemon, `lessons/${kept.lesson_id}`);
}

const lesson = await record();
const context = await openContext(browser, daemon, { viewport: PHONE });
await context.addInitScript(() => {
  const Real = window.Audio;
  window.others = [];
  window.Audio = class extends Real {
    constructor(source?: string) {
      super(source);
      window.others.push(this);
    }
  };
});
const page = await context.newPage();

const listen = (): Promise<Heard> =>
  page.evaluate(() => {
    const video = document.querySelector('video')!;
    const audio = window.others.at(-1)!;
    return {
      at: video.currentTime,
      sound: audio.currentTime,
      own: !video.muted && !video.paused,
      other: !audio.muted && !audio.paused,
    };
  });

const hears = (other: boolean): Promise<Heard> =>
  waitFor(async () => {
    const heard = await listen();
    return heard.other === other && heard.own !== other && (!other || Math.abs(heard.at - heard.sound) < 0.1) && heard;
  });

test('the lesson names its other sound', () => {
  assert.deepEqual(lesson.sounds?.map((sound) => [sound.name, sound.language, sound.purpose]), [['voice-eng', 'en', 'main']]);
});

test('a learner on a phone chooses it, and hears it alone, with the picture', async () => {
  await page.goto(`/watch/${lesson.id}`);
  await page.locator('.player-start').click();
  const choice = page.locator('.sound-choice select');
  await choice.waitFor();
  const names = await choice.locator('option').allInnerTexts();
  assert.equal(names.length, 2);
  assert.match(names[1]!, /^อังกฤษ · /);
  await choice.selectOption('voice-eng');
  const first = await hears(true);
  await waitFor(async () => (await listen()).at > first.at + 2);
  await hears(true);
  assert.deepEqual(await findFaults(page), []);
  assert.deepEqual(await findOverflow(page), []);
  await takeScreenshot(page, 'lesson-sounds-phone');
});

test('it follows a jump, another quality, silence and pause', async () => {
  await page.evaluate(() => (document.querySelector('video')!.currentTime = 1));
  await hears(true);
  await page.locator('input[name=rung][value=medium]').check();
  await page.evaluate(() => (document.querySelector('video')!.currentTime = 1));
  await hears(true);
  await page.locator('video').focus();
  await page.keyboard.press('m');
  assert.deepEqual([(await listen()).own, (await listen()).other], [false, false]);
  await page.keyboard.press('m');
  await hears(true);
  await page.keyboard.press('k');
  await waitFor(async () => !(await listen()).other);
  await page.evaluate(() => (document.querySelector('video')!.currentTime = 2));
  await page.keyboard.press('k');
  await hears(true);
});

test('by keyboard back to the main sound', async () => {
  await page.evaluate(() => (document.querySelector('video')!.currentTime = 1));
  await page.locator('.sound-choice select').focus();
  await page.keyboard.press('ArrowUp');
  await hears(false);
});

test('on a computer, in English', async () => {
  const wide = await openContext(browser, daemon, { viewport: DESKTOP, english: true });
  const desk = await wide.newPage();
  await desk.goto(`/watch/${lesson.id}`);
  await desk.locator('.player-start').click();
  const choice = desk.getByRole('combobox', { name: 'Sound' });
  await choice.selectOption('voice-eng');
  assert.match(await choice.locator('option:checked').innerText(), /^English · /);
  assert.deepEqual(await findOverflow(desk), []);
  await takeScreenshot(desk, 'lesson-sounds');
  await wide.close();
});

/** The page of the lesson in a browser with such a fault, and another sound chosen there. */
async function chooseWith(fault: () => void): Promise<Page> {
  const odd = await openContext(browser, daemon, { viewport: DESKTOP, english: true });
  await odd.addInitScript(fault);
  const other = await odd.newPage();
  await other.goto(`/watch/${lesson.id}`);
  await other.locator('.player-start').click();
  await waitFor(() => other.evaluate(() => (document.querySelector('video')?.currentTime ?? 0) > 0));
  await other.getByRole('combobox', { name: 'Sound' }).selectOption('voice-eng');
  return other;
}

test('without Media Source Extensions it is heard as well', async () => {
  const other = await chooseWith(() => {
    Object.assign(window, { MediaSource: undefined, ManagedMediaSource: undefined, others: [] });
    const Real = window.Audio;
    window.Audio = class extends Real {
      constructor(source?: string) {
        super(source);
        window.others.push(this);
      }
    };
  });
  await waitFor(() =>
    other.evaluate(() => {
      const video = document.querySelector('video')!;
      const audio = window.others.at(-1)!;
      return video.muted && !audio.paused && !audio.muted && audio.currentTime > 1 && Math.abs(video.currentTime - audio.currentTime) < 0.1;
    }),
  );
  await other.context().close();
});

/** The main sound is back, and that is said. */
async function assertMainSound(other: Page): Promise<void> {
  await other.getByText('This sound cannot be played; the main one is back.').waitFor({ state: 'attached' });
  assert.equal(await other.getByRole('combobox', { name: 'Sound' }).inputValue(), '');
  assert.equal(await other.evaluate(() => document.querySelector('video')!.muted), false);
  await other.context().close();
}

test('a sound that does not come leaves nobody in silence', async () => {
  const other = await chooseWith(() => {
    const real = window.fetch;
    window.fetch = (input, init) =>
      String(input).includes('/voice-eng.') ? Promise.reject(new TypeError('no line')) : real(input, init);
  });
  assert.equal(await other.evaluate(() => document.querySelector('video')!.muted), true);
  await assertMainSound(other);
});

test('a browser that does not let it play says so, and the main sound is back', async () => {
  const other = await chooseWith(() => {
    const Real = window.Audio;
    window.Audio = class extends Real {
      override play(): Promise<void> {
        return Promise.reject(new DOMException('no', 'NotAllowedError'));
      }
    };
  });
  await assertMainSound(other);
});

test('who keeps the lesson is told that it has the main sound only, and then is offered no other', async () => {
  const away = await openContext(browser, daemon, { viewport: PHONE, english: true });
  const phone = await away.newPage();
  await phone.goto(`/watch/${lesson.id}`);
  await phone.getByRole('button', { name: 'Choose what to keep' }).click();
  await phone.getByText('A kept lesson has its main sound only.').waitFor();
  await phone.getByRole('button', { name: /^Keep Sound only/ }).click();
  await phone.getByText('Kept whole').waitFor();
  await daemon.stop();
  await phone.goto(`/watch/${lesson.id}`);
  await phone.locator('.player-start').click();
  await phone.locator('.player-start').waitFor({ state: 'detached' });
  await phone.getByRole('combobox', { name: 'Speed' }).waitFor();
  assert.equal(await phone.getByRole('combobox', { name: 'Sound' }).count(), 0);
  await away.close();
});

test('no page had an error', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
