// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A teacher fills what a recording lacks, on the lesson's page, by keyboard, on a phone: another episode
// of the same title does not match and is told so; the repeat does, and the lesson is whole. Real media
// through real children. Arguments: the daorian and patch-maker executables.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runTests, test } from '../tap';
import { PHONE, findFaults, findOverflow, launchBrowser, openContext, pageFaults, signIn, takeScreenshot } from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';

const WAIT_MS = 120_000;
const PATCH = 'เติมช่วงที่ขาดจากรอบออกอากาศซ้ำ';

const daemon = prepareDaemon(process.argv[2]!);
const made = spawnSync(process.argv[3]!, [join(daemon.folder, 'data')], { encoding: 'utf8', timeout: 120_000 });
assert.equal(made.status, 0, made.stderr);
const [own, repeat, other] = made.stdout.trim().split('\n') as [string, string, string];
const browser = await launchBrowser();
await daemon.start();
const context = await openContext(browser, daemon, { viewport: PHONE });
const page = await context.newPage();

interface Booking {
  state: string;
  start_ms: number;
  gaps: { patched_from: string | null }[];
}

const readBooking = (id: string): Promise<Booking> =>
  page.evaluate(async (path) => (await (await fetch(path)).json()) as Booking, `/api/v1/bookings/${id}`);

/** Tab until what has the focus says @text; a person would not go on for ever either. */
async function tabTo(text: RegExp): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const said = await page.evaluate(() => document.activeElement?.textContent ?? '');
    const kind = await page.evaluate(() => document.activeElement?.tagName ?? '');
    if (text.test(said) && /BUTTON|SUMMARY|^A$/.test(kind)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no key leads to ${text}`);
}

const choose = async (id: string): Promise<void> => {
  const choices = page.locator('details.gaps[open] .actions button');
  const { start_ms } = await readBooking(id);
  if ((await choices.count()) === 0) {
    await tabTo(new RegExp(PATCH));
    await page.keyboard.press('Enter');
  }
  await choices.first().waitFor();
  const order = await choices.allInnerTexts();
  const days = new Intl.DateTimeFormat('th-TH', { day: 'numeric', timeZone: 'Asia/Bangkok' }).format(start_ms);
  const text = order.find((said) => new RegExp(`(^|\\D)${days}(\\D|$)`).test(said));
  assert.ok(text, `${days} is not in ${order.join(' / ')}`);
  assert.match(text, /^เติมจากรอบ .*ห้องเรียน/);
  await tabTo(new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  await page.keyboard.press('Enter');
};

test('the lesson says what it lacks, and offers its repeats to whoever may edit it', async () => {
  await signIn(page);
  for (const id of [own, repeat, other]) {
    for (const until = Date.now() + WAIT_MS; (await readBooking(id)).state !== 'done'; ) {
      assert.ok(Date.now() < until, `${id}: ${JSON.stringify(await readBooking(id))}`);
      await new Promise((done) => setTimeout(done, 500));
    }
  }
  await page.goto(`/watch/${own}`);
  await page.getByText('มี 1 ช่วงที่ขาดหาย').waitFor();
  assert.match(await page.locator('.gap-list').innerText(), /0:14[\s\S]*ไม่มีสัญญาณ/);
  await page.locator('summary', { hasText: PATCH }).waitFor();
  await tabTo(new RegExp(PATCH));
  await page.keyboard.press('Enter');
  await page.locator('details.gaps .actions button').nth(1).waitFor();
  assert.deepEqual(await findFaults(page), []);
  assert.deepEqual(await findOverflow(page), []);
  await page.locator('details.gaps').scrollIntoViewIfNeeded();
  await takeScreenshot(page, 'patch-choices');
});

test('another episode fills nothing, and the sentence says so', async () => {
  await choose(other);
  const notice = page.locator('.notice-error');
  await notice.waitFor({ timeout: WAIT_MS });
  assert.match(await notice.innerText(), /เสียงก่อนและหลังช่วงที่ขาดไม่ตรงกับรอบออกอากาศซ้ำที่เลือก/);
  assert.match(await page.locator('.gap-list').innerText(), /ไม่มีสัญญาณ/);
  assert.equal((await readBooking(own)).gaps[0]!.patched_from, null);
  assert.deepEqual(await findFaults(page), []);
  assert.deepEqual(await findOverflow(page), []);
  await notice.scrollIntoViewIfNeeded();
  await takeScreenshot(page, 'patch-no-match');
});

test('its repeat fills it, with progress to be seen, and the lesson is whole', async () => {
  await page.evaluate(() => {
    const seen = new MutationObserver(() => {
      const bar = document.querySelector('progress, [role=progressbar]');
      if (bar) document.body.dataset.progress = bar.getAttribute('aria-label') ?? bar.parentElement?.textContent ?? '';
    });
    seen.observe(document.body, { childList: true, subtree: true });
  });
  await choose(repeat);
  await page.getByText(/เติมแล้ว 1 ช่วง \(0:10\) จากรอบ/).waitFor({ timeout: WAIT_MS });
  assert.match((await page.evaluate(() => document.body.dataset.progress)) ?? '', /กำลังเติมจากรอบ/);
  assert.equal((await readBooking(own)).gaps[0]!.patched_from, repeat);
  assert.deepEqual(await findFaults(page), []);
  await page.getByRole('button', { name: 'แสดงบทเรียนที่เติมแล้ว' }).scrollIntoViewIfNeeded();
  await takeScreenshot(page, 'patch-done');
  await tabTo(/^แสดงบทเรียนที่เติมแล้ว$/);
  await page.keyboard.press('Enter');
  await page.getByText('ช่วงที่เคยขาด 1 ช่วงเติมจากรอบออกอากาศซ้ำแล้ว').waitFor();
  const ledger = page.locator('.gap-list');
  assert.match(await ledger.innerText(), /เติมจากรอบออกอากาศซ้ำ/);
  assert.deepEqual(await findOverflow(page), []);
  await ledger.scrollIntoViewIfNeeded();
  await takeScreenshot(page, 'patch-ledger');
});

test('it plays on where the gap was', async () => {
  await tabTo(/^0:14$/);
  await page.keyboard.press('Enter');
  const seconds = (): Promise<number> => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
  for (const until = Date.now() + 30_000; (await seconds()) < 13; ) {
    assert.ok(Date.now() < until, `it is at ${await seconds()}`);
    await new Promise((done) => setTimeout(done, 200));
  }
  await page.evaluate(() => void document.querySelector('video')!.play());
  for (const until = Date.now() + 60_000; (await seconds()) < 27; ) {
    assert.ok(Date.now() < until, `it stands at ${await seconds()}`);
    await new Promise((done) => setTimeout(done, 500));
  }
  const whole = await page.evaluate(() => document.querySelector('video')!.duration);
  assert.ok(Math.abs(whole - 39.4) < 0.2, `${whole} s`);
});

test('the page of recordings says the same, in English too', async () => {
  await page.goto('/recordings');
  await page.getByText(/เติมแล้ว 1 ช่วง/).first().waitFor();
  assert.deepEqual(await findOverflow(page), []);
  const english = await openContext(browser, daemon, { viewport: PHONE, english: true });
  const watched = await english.newPage();
  await signIn(watched);
  await watched.goto(`/watch/${own}`);
  await watched.locator('.gap-list').getByText(/repeat/i).waitFor();
  await english.close();
});

test('no page had an error', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
