// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guide from an XMLTV file through a real daemon: what is no such file, two channels of which one is left out, the
// programmes beside those of the signal, which of them goes first, a newer file by keyboard alone, all of it removed;
// many channels, 360 pixels, both languages. Arguments: the daorian executable.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { runTests, test } from '../tap';
import { findFaults, findOverflow, launchBrowser, openContext, pageFaults, signIn, takeScreenshot } from './browser';
import { ADMIN, prepareDaemon, sweepDaemon } from './daemon';
import { plantService } from './plant';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
const HOUR_MS = 3_600_000;
const BANGKOK_MS = 7 * HOUR_MS;
const MULTIPLEX = '01900000-0000-7000-8000-0000000000a1';
const FIRST = '01900000-0000-7000-8000-0000000000b1';
const SECOND = '01900000-0000-7000-8000-0000000000b2';
const NAMES = ['ดาวเรียน ๑', 'ดาวเรียน ๒'] as const;

/** Tomorrow's noon in Bangkok: everything is on one day. */
const noon = Math.floor((Date.now() + BANGKOK_MS) / (24 * HOUR_MS)) * 24 * HOUR_MS + 36 * HOUR_MS - BANGKOK_MS;

interface Told {
  channel: string;
  hours: number;
  title: string;
}

function writeTime(ms: number): string {
  return `${new Date(ms + BANGKOK_MS).toISOString().replace(/\D/g, '').slice(0, 14)} +0700`;
}

function writeXmltv(channels: readonly (readonly [string, string])[], told: readonly Told[]): Buffer {
  const list = channels.map(([id, name]) => `<channel id="${id}"><display-name lang="th">${name}</display-name></channel>`);
  const programmes = told.map(({ channel, hours, title }) => {
    const start = noon + hours * HOUR_MS;
    return `<programme start="${writeTime(start)}" stop="${writeTime(start + HOUR_MS)}" channel="${channel}"><title lang="th">${title}</title></programme>`;
  });
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<tv>${list.join('')}${programmes.join('')}</tv>\n`);
}

const CHANNELS = [
  ['d1.example', NAMES[0]],
  ['d2.example', NAMES[1]],
] as const;
const WEEK = writeXmltv(CHANNELS, [
  { channel: 'd1.example', hours: 0, title: 'ข่าวเที่ยงฉบับเต็ม' },
  { channel: 'd1.example', hours: 1, title: 'คณิตศาสตร์ ป.๕' },
  { channel: 'd1.example', hours: 2, title: 'วิทยาศาสตร์ ป.๕' },
  { channel: 'd2.example', hours: 0, title: 'ภาษาไทย ม.๑' },
]);

const daemon = prepareDaemon(process.argv[2]!);
await daemon.start();
const token = daemon.run(['user', 'token', ADMIN.name]).trim();
for (const [service, name, number] of [[FIRST, NAMES[0], 101] as const, [SECOND, NAMES[1], 102] as const])
  plantService(daemon, { uri: 'udp://127.0.0.1:59995', multiplex: MULTIPLEX, service, number, name }, service === FIRST ? [{ event: 1, start: noon, title: 'ข่าวเที่ยง', summary: '' }] : []);

interface Stored {
  guide_channel: string | null;
  guide_first: string;
  imported: { programmes: number } | null;
}

async function readService(id: string): Promise<Stored> {
  const answer = await fetch(`${daemon.url}/api/v1/services/${id}`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Stored;
}

const browser = await launchBrowser();
const context = await openContext(browser, daemon, { viewport: WIDE });
const page = await context.newPage();
page.on('dialog', (dialog) => void dialog.accept());

async function give(to: Page, name: string, buffer: Buffer): Promise<void> {
  await to.locator('.drop input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

const rows = page.locator('.match');
const titles = page.locator('.guide .programme .row-title');

test('what is no XMLTV, empty or too large is told in a sentence, and nothing changes', async () => {
  await signIn(page);
  await page.goto('/admin/broadcasts');
  await page.getByRole('link', { name: 'นำผังรายการมาจากไฟล์ (XMLTV)' }).click();
  await page.locator('.drop').waitFor();
  assert.equal(await page.locator('h1').innerText(), 'ผังรายการจากไฟล์ (XMLTV)');
  assert.equal(await page.locator('.tabs [aria-current]').innerText(), 'สัญญาณโทรทัศน์');
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'guide-file-begin');
  const notice = page.locator('.notice-error');
  for (const buffer of [Buffer.from('<html><body>404</body></html>'), Buffer.from('<tv><programme'), Buffer.alloc(0), Buffer.from([0x1f, 0x8b, 8])]) {
    await give(page, 'guide.xml', buffer);
    await notice.filter({ hasText: 'XMLTV' }).waitFor();
    assert.match(await notice.innerText(), /[ก-๙]{5}/);
    await page.reload();
    await page.locator('.drop').waitFor();
  }
  await give(page, 'guide.xml.gz', Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(17 * 1024 * 1024)]));
  await notice.filter({ hasText: '16 MB' }).waitFor();
  await takeScreenshot(page, 'guide-file-wrong');
});

test('the channels of a file with their services suggested; nothing is written yet', async () => {
  await give(page, 'guide.xml', WEEK);
  await rows.nth(1).waitFor();
  assert.equal(await page.locator('.notice-error').count(), 0);
  assert.match(await page.locator('.guide-news').innerText(), /guide\.xml: พบ 2 ช่อง/);
  assert.match(await rows.nth(0).innerText(), /ดาวเรียน ๑[\s\S]*d1\.example · 3 รายการ · \d+\s[ก-๙.]+\s25\d\d/);
  assert.equal(await rows.nth(0).locator('select').inputValue(), FIRST);
  assert.equal(await rows.nth(1).locator('select').inputValue(), SECOND);
  assert.equal((await readService(FIRST)).imported, null);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'guide-file-match');
});

test('a service that is chosen twice is refused before anything is sent', async () => {
  await rows.nth(1).locator('select').selectOption(FIRST);
  assert.equal(await page.locator('.match .field-error').count(), 2);
  await page.getByRole('button', { name: /^นำเข้า/ }).click();
  await page.locator('.notice-error').filter({ hasText: 'เลือกซ้ำ' }).waitFor();
  assert.deepEqual(await findFaults(page), []);
  assert.equal((await readService(FIRST)).guide_channel, null);
});

test('one is left out, the other imported, with the way to its guide', async () => {
  await rows.nth(1).locator('select').selectOption('');
  await page.getByRole('button', { name: 'นำเข้า 1 ช่อง' }).click();
  const heading = page.getByRole('heading', { name: 'นำเข้าแล้ว ใหม่หรือเปลี่ยน 3 รายการ' });
  await heading.waitFor();
  assert.ok(await heading.evaluate((element) => element === document.activeElement), 'the focus is on what was done');
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'guide-file-done');
  const [first, second] = [await readService(FIRST), await readService(SECOND)];
  assert.deepEqual([first.guide_channel, first.guide_first, first.imported?.programmes], ['d1.example', 'broadcast', 3]);
  assert.deepEqual([second.guide_channel, second.imported], [null, null]);
  await page.getByRole('link', { name: 'ผังรายการของ ดาวเรียน ๑' }).click();
  await page.locator('.imported').waitFor();
  assert.match(await page.locator('.imported').innerText(), /มี 3 รายการที่มาจากไฟล์ ถึงวันที่ \d+ [ก-๙.]+ 25\d\d/);
});

test('the programmes stand beside those of the signal with a chip; which side goes first can be changed and undone', async () => {
  await page.getByRole('button', { name: 'วันถัดไป' }).click();
  await titles.nth(2).waitFor();
  const words = async (): Promise<string[]> => (await titles.allInnerTexts()).map((text) => text.trim().replace(/\s+/g, ' '));
  assert.deepEqual(await words(), ['ข่าวเที่ยง', 'คณิตศาสตร์ ป.๕ จากไฟล์', 'วิทยาศาสตร์ ป.๕ จากไฟล์']);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'guide-file-guide');
  await page.locator('.imported select').selectOption('file');
  await titles.filter({ hasText: 'ข่าวเที่ยงฉบับเต็ม' }).waitFor();
  assert.equal((await words()).length, 3);
  await page.locator('.toast-action').click();
  await titles.filter({ hasText: /^ข่าวเที่ยง\s*$/ }).waitFor();
  assert.equal((await readService(FIRST)).guide_first, 'broadcast');
});

/** Presses Tab until what has the focus matches. */
async function tabTo(selector: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement!.matches(wanted), selector)) return;
  }
  assert.fail(`no ${selector} by Tab`);
}

test('a newer file, packed, by keyboard alone: what it does not have goes', async () => {
  await page.goto('/admin/broadcasts/guide-file');
  await page.locator('.drop').waitFor();
  const chooser = page.waitForEvent('filechooser');
  await tabTo('.drop button');
  await page.keyboard.press('Enter');
  const newer = writeXmltv(CHANNELS, [
    { channel: 'd1.example', hours: 0, title: 'ข่าวเที่ยงฉบับเต็ม' },
    { channel: 'd1.example', hours: 2, title: 'สังคมศึกษา ป.๕' },
    { channel: 'd2.example', hours: 0, title: 'ภาษาไทย ม.๑' },
  ]);
  await (await chooser).setFiles({ name: 'guide.xml.gz', mimeType: 'application/gzip', buffer: gzipSync(newer) });
  await rows.nth(1).waitFor();
  await tabTo('.match:nth-child(1) select');
  assert.equal(await rows.nth(0).locator('select').inputValue(), FIRST, 'as it was last time');
  await tabTo('.match:nth-child(2) select');
  assert.equal(await rows.nth(1).locator('select').inputValue(), SECOND, 'suggested again');
  await page.keyboard.press('Home');
  assert.equal(await rows.nth(1).locator('select').inputValue(), '');
  await tabTo('section.panel .field select:not(.match select)');
  await page.keyboard.press('End');
  await tabTo('.button-main');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'นำเข้าแล้ว ใหม่หรือเปลี่ยน 1 รายการ' }).waitFor();
  assert.match(await page.locator('section.panel .row').innerText(), /ลบของไฟล์เก่า 2 รายการ/);
  const first = await readService(FIRST);
  assert.deepEqual([first.guide_first, first.imported?.programmes], ['file', 2]);
  await tabTo('section.panel .row a');
  await page.keyboard.press('Enter');
  await page.locator('.imported').waitFor();
});

test('at 360 pixels nothing is cut off, in both languages', async () => {
  for (const english of [false, true]) {
    const narrow = await openContext(browser, daemon, { viewport: NARROW, english, dark: english });
    const phone = await narrow.newPage();
    await signIn(phone);
    await phone.goto('/admin/broadcasts/guide-file');
    await phone.locator('.drop').waitFor();
    assert.deepEqual(await findOverflow(phone), []);
    await give(phone, 'a-very-long-name-of-a-guide-without-any-blank-in-it-2026-11-22.xml', WEEK);
    await phone.locator('.match').nth(1).waitFor();
    assert.deepEqual(await findOverflow(phone), []);
    assert.deepEqual(await findFaults(phone), []);
    await takeScreenshot(phone, english ? 'guide-file-phone-en' : 'guide-file-phone');
    await phone.goto(`/admin/broadcasts?service=${FIRST}`);
    await phone.locator('.imported').waitFor();
    assert.deepEqual(await findOverflow(phone), []);
    assert.deepEqual(await findFaults(phone), []);
    await takeScreenshot(phone, english ? 'guide-file-guide-phone-en' : 'guide-file-guide-phone');
    await narrow.close();
  }
});

test('of many channels those with a service come first, others are searched', async () => {
  const many = [...Array.from({ length: 90 }, (_, n) => [`c${n}.example`, `ช่องที่ ${n}`] as const), ...CHANNELS];
  const told = many.map(([channel]) => ({ channel, hours: 0, title: 'รายการ' }));
  await page.goto('/admin/broadcasts/guide-file');
  await give(page, 'many.xml', writeXmltv(many, told));
  await rows.nth(39).waitFor();
  assert.equal(await rows.count(), 40);
  assert.match(await rows.nth(0).innerText(), /ดาวเรียน ๑/);
  await page.getByRole('button', { name: 'แสดงเพิ่ม' }).click();
  await rows.nth(79).waitFor();
  await page.getByLabel('ค้นหาช่องในไฟล์').fill('C77.');
  await rows.nth(1).waitFor({ state: 'detached' });
  assert.match(await rows.nth(0).innerText(), /ช่องที่ 77/);
  await takeScreenshot(page, 'guide-file-many');
  await page.getByLabel('ค้นหาช่องในไฟล์').fill('ไม่มีช่องนี้');
  await page.getByText('ไม่พบช่องชื่อนี้ในไฟล์').waitFor();
});

test('what came from the file is removed; the signal’s guide stays, and the next file leaves it out', async () => {
  await page.goto(`/admin/broadcasts?service=${FIRST}`);
  await page.getByRole('button', { name: 'ลบรายการจากไฟล์' }).click();
  await page.locator('.imported').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'วันถัดไป' }).click();
  await titles.filter({ hasText: /^ข่าวเที่ยง\s*$/ }).waitFor();
  assert.equal(await titles.count(), 1);
  const first = await readService(FIRST);
  assert.deepEqual([first.guide_channel, first.imported], [null, null]);
  await page.getByRole('button', { name: 'วันถัดไป' }).click();
  await page.locator('.empty').getByRole('link', { name: 'นำผังรายการมาจากไฟล์' }).click();
  await page.locator('.drop').waitFor();
});

test('no page reported a fault', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
