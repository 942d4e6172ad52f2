// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A teacher's way with the live class through a real daemon: a title, a key that is seen once, a sender that
// comes by SRT, the class on the learners' first page, the key withdrawn, what became of it. Arguments: the daorian, thai-coded
// and srt-send executables.

import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { runTests, test } from '../tap';
import { DESKTOP, findFaults, findOverflow, launchBrowser, openContext, pageFaults, signIn, takeScreenshot } from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';

const WAIT_MS = 120_000;
const TITLE = 'ฟิสิกส์ ม.๒ สด';

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const one = createSocket('udp4');
    one.bind(0, '127.0.0.1', () => {
      const { port } = one.address();
      one.close(() => resolve(port));
    });
  });
}

const port = await findFreePort();
const daemon = prepareDaemon(process.argv[2]!, { config: () => `[live]\nsrt_listen = 127.0.0.1:${port}\n` });
const file = join(daemon.folder, 'thai.ts');
assert.equal(spawnSync(process.argv[3]!, ['16', file], { timeout: WAIT_MS }).status, 0);
const browser = await launchBrowser();
await daemon.start();
const context = await openContext(browser, daemon, { viewport: DESKTOP });
const page = await context.newPage();
page.on('dialog', (dialog) => void dialog.accept());
const state = page.locator('[data-state]');
let sender: ChildProcess | null = null;

test('a teacher names the class and gets a key with its address, once', async () => {
  await signIn(page);
  await page.goto('/manage');
  await page.getByRole('link', { name: 'ห้องเรียนสด' }).click();
  await page.locator('[data-state=away]').waitFor({ timeout: WAIT_MS });
  await page.getByLabel('ชื่อที่ผู้เรียนเห็น').fill(TITLE);
  await page.getByRole('button', { name: 'บันทึกชื่อ' }).click();
  await page.getByText('บันทึกชื่อแล้ว').waitFor();
  await page.getByRole('button', { name: 'สร้างกุญแจ', exact: true }).click();
  const address = await page.getByLabel('ที่อยู่สำหรับ OBS').inputValue();
  const key = await page.getByLabel('streamid สำหรับแอปในโทรศัพท์').inputValue();
  assert.equal(address, `srt://127.0.0.1:${port}?streamid=${key}`);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'class-key');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.deepEqual(await findOverflow(page), []);
  await page.setViewportSize(DESKTOP);
  sender = spawn(process.argv[4]!, ['--port', String(port), '--streamid', key, '--rate', '6000000', file], { stdio: 'ignore' });
  await page.reload();
  await page.getByText('สร้างเมื่อ').waitFor();
  assert.equal((await page.content()).includes(key), false);
});

test('it is on the air by itself, and learners find it on the first page', async () => {
  await page.locator('[data-state=on-air]').waitFor({ timeout: WAIT_MS });
  await page.getByRole('link', { name: 'เปิดดูอย่างผู้เรียน' }).waitFor({ timeout: WAIT_MS });
  assert.match(await state.innerText(), /กำลังออกอากาศ[\s\S]*Mbit\/s/);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'class-on-air');
  const learner = await (await openContext(browser, daemon, { viewport: DESKTOP })).newPage();
  await learner.goto('/');
  await learner.getByText(TITLE).first().waitFor({ timeout: WAIT_MS });
  await learner.close();
}, 240);

test('the key is withdrawn and the class is over', async () => {
  await page.getByRole('button', { name: 'ยกเลิกกุญแจ' }).click();
  await page.locator('[data-state=away]').waitFor({ timeout: WAIT_MS });
  await page.getByText('ยังไม่มีกุญแจ').waitFor();
  await page.getByRole('link', { name: 'เปิดดูอย่างผู้เรียน' }).waitFor({ state: 'detached', timeout: WAIT_MS });
});

test('the page says what became of it', async () => {
  const last = page.locator('[data-last-class]');
  await last.waitFor({ timeout: WAIT_MS });
  await page.locator('[data-last-class=done], [data-last-class=missed]').waitFor({ timeout: WAIT_MS }); // short as it was
  assert.match(await last.innerText(), new RegExp(TITLE));
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'class-lesson');
}, 240);

test('no page reported a fault', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  sender?.kill();
  await browser.close();
  await sweepDaemon(daemon);
});
