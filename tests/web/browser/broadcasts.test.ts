// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An administrator's way with broadcasts through a real daemon: an address that is wrong and then right
// (a generated multiplex in a loop), its scan seen live, names and showing decided and taken back, the
// guide of a day in Thai, at 360 pixels, by keyboard. Arguments: the daorian and thai-mux executables.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runTests, test } from '../tap';
import { DESKTOP, findFaults, findOverflow, launchBrowser, openContext, pageFaults, signIn, takeScreenshot } from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';

const NARROW = { width: 360, height: 740 };
const WAIT_MS = 90_000;

const daemon = prepareDaemon(process.argv[2]!);
const file = join(daemon.folder, 'thai.ts');
const made = spawnSync(process.argv[3]!, ['--seconds', '8', file], { timeout: 60_000 });
assert.equal(made.status, 0, made.stderr?.toString());
const browser = await launchBrowser();
await daemon.start();
const context = await openContext(browser, daemon, { viewport: DESKTOP });
const page = await context.newPage();
page.on('dialog', (dialog) => void dialog.accept());
const panel = page.locator('.multiplex');
const rows = panel.locator('.services .row');

test('an address that is wrong is told in a sentence, and nothing typed is lost', async () => {
  await signIn(page);
  await page.goto('/admin/broadcasts');
  await page.locator('.empty').waitFor();
  await page.getByText('เพิ่มที่อยู่สัญญาณ').click();
  const uri = page.getByLabel('ที่อยู่', { exact: true });
  await page.getByText('ตัวอย่าง', { exact: true }).click();
  await page.getByRole('button', { name: /udp:/ }).click();
  assert.equal(await uri.inputValue(), 'udp://239.1.1.1:5004');
  await uri.fill('udp://239.1.1.1');
  await page.getByLabel('ชื่อเรียก').fill('จานบนหลังคา');
  await page.getByRole('button', { name: 'เพิ่มและสแกน' }).click();
  const notice = page.locator('.notice-error');
  await notice.waitFor();
  assert.match(await notice.innerText(), /ที่อยู่นี้เขียนไม่ถูกต้อง/);
  assert.equal(await uri.inputValue(), 'udp://239.1.1.1');
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'broadcasts-wrong');
});

test('a right address is added and scanned, and its services come by themselves', async () => {
  await page.getByLabel('ที่อยู่', { exact: true }).fill(`file:${file}`);
  await page.getByRole('button', { name: 'เพิ่มและสแกน' }).click();
  await rows.nth(3).waitFor({ timeout: WAIT_MS });
  const text = await panel.innerText();
  for (const name of ['จานบนหลังคา', 'ดาวเรียน ๑', 'ดาวเรียน ๒', 'วิทยุดาวเรียน', 'ช่องเข้ารหัส', 'เข้ารหัส', 'โทรทัศน์', 'วิทยุ', 'h264'])
    assert.ok(text.includes(name), `${name} is missing in: ${text}`);
  await panel.locator('.chip-receiving').waitFor({ timeout: WAIT_MS });
  await panel.locator('progress').waitFor({ state: 'detached', timeout: WAIT_MS });
  assert.match(await rows.nth(3).innerText(), /ซ่อนอยู่/);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'broadcasts-services');
});

test('a name and a number are decided, survive a reload, and are taken back', async () => {
  const first = rows.first();
  await first.getByRole('button', { name: /^แก้ไข/ }).click();
  await first.getByLabel('หมายเลขช่อง').fill('ศูนย์');
  await first.getByRole('button', { name: 'บันทึก' }).click();
  assert.match(await first.locator('.field-error').innerText(), /1 ถึง 9999/);
  await first.getByLabel('หมายเลขช่อง').fill('77');
  await first.getByLabel('ชื่อที่แสดง').fill('ครูตู้ชั้น ป.๑');
  await first.getByRole('button', { name: 'บันทึก' }).click();
  await first.getByText('ครูตู้ชั้น ป.๑', { exact: true }).waitFor();
  await page.reload();
  const named = rows.filter({ hasText: 'ครูตู้ชั้น ป.๑' });
  await named.waitFor();
  assert.match(await named.innerText(), /77[\s\S]*ชื่อในสัญญาณ: ดาวเรียน ๑/);
  await named.getByRole('button', { name: /^แก้ไข/ }).click();
  await named.getByLabel('ชื่อที่แสดง').fill('ชื่อที่พิมพ์ผิด');
  await named.getByRole('button', { name: 'บันทึก' }).click();
  await page.locator('.toast').filter({ hasText: 'ชื่อที่พิมพ์ผิด' }).locator('.toast-action').click();
  await rows.filter({ hasText: 'ครูตู้ชั้น ป.๑' }).waitFor();
});

test('hiding has an undo, by keyboard alone', async () => {
  const second = rows.filter({ hasText: 'ดาวเรียน ๒' });
  const hide = second.getByRole('button', { name: /^ซ่อน/ });
  await hide.focus();
  await page.keyboard.press('Enter');
  await second.getByText('ซ่อนอยู่').waitFor();
  const undo = page.locator('.toast').filter({ hasText: 'ซ่อน ดาวเรียน ๒' }).locator('.toast-action');
  await undo.focus();
  await page.keyboard.press('Enter');
  await second.getByText('ซ่อนอยู่').waitFor({ state: 'detached' });
});

test('another scan keeps what was decided', async () => {
  const scanned = page.waitForResponse((answer) => answer.url().endsWith('/scan') && answer.status() === 202);
  await panel.getByRole('button', { name: /^สแกนหาช่องของ/ }).click();
  await scanned;
  await panel.locator('progress').waitFor({ state: 'detached', timeout: WAIT_MS });
  await rows.filter({ hasText: 'ครูตู้ชั้น ป.๑' }).waitFor();
});

test('the guide of a day is in Thai with the Buddhist year, and days can be turned', async () => {
  await rows.filter({ hasText: 'ครูตู้ชั้น ป.๑' }).getByRole('link').click();
  await page.locator('.guide .programme').first().waitFor({ timeout: WAIT_MS });
  const heading = page.locator('.day-head h2');
  assert.match(await heading.innerText(), /^\d+ [ก-๙]+\.[ก-๙]+\. 25\d\d$/);
  const text = await page.locator('.guide').innerText();
  assert.match(text, /ผังรายการของ ครูตู้ชั้น ป.๑[\s\S]*\d\d:\d\d[\s\S]*[ก-๙]{3}/);
  assert.equal(await page.locator('.programme-now').count(), 1, 'one programme is on the air');
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'broadcasts-guide');
  const before = await heading.innerText();
  await page.getByRole('button', { name: 'วันถัดไป' }).click();
  await page.waitForFunction((old) => document.querySelector('.day-head h2')!.textContent !== old, before);
  await page.locator('.guide .programme').first().waitFor();
  await page.getByRole('link', { name: 'กลับไปที่รายการช่อง' }).click();
  await rows.first().waitFor();
});

test('at 360 pixels nothing is cut off, in both languages', async () => {
  for (const english of [false, true]) {
    const narrow = await openContext(browser, daemon, { viewport: NARROW, english });
    const phone = await narrow.newPage();
    await signIn(phone);
    await phone.goto('/admin/broadcasts');
    await phone.locator('.services .row').nth(3).waitFor();
    assert.deepEqual(await findOverflow(phone), []);
    assert.deepEqual(await findFaults(phone), []);
    await takeScreenshot(phone, english ? 'broadcasts-narrow-en' : 'broadcasts-narrow');
    await phone.locator('.services .row').first().getByRole('link').click();
    await phone.locator('.programme').first().waitFor();
    assert.deepEqual(await findOverflow(phone), []);
    await takeScreenshot(phone, english ? 'broadcasts-guide-narrow-en' : 'broadcasts-guide-narrow');
    await narrow.close();
  }
});

test('what goes wrong is said with what to do, and an address is deleted', async () => {
  await page.goto('/admin/broadcasts');
  await panel.getByRole('button', { name: 'แก้ไข จานบนหลังคา' }).click();
  await panel.getByLabel('ที่อยู่', { exact: true }).fill(`file:${daemon.folder}/none.ts`);
  await panel.locator('form').first().getByRole('button', { name: 'บันทึก' }).click();
  await panel.getByRole('button', { name: /^สแกนหาช่องของ/ }).click();
  await panel.locator('.notice').filter({ hasText: 'ไม่พบไฟล์นี้' }).waitFor({ timeout: WAIT_MS });
  await takeScreenshot(page, 'broadcasts-fault');
  await panel.getByRole('button', { name: /^ลบ/ }).click();
  await page.locator('.empty').waitFor();
});

test('no page reported a fault', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
