// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The way of staff and administrators through a real daemon: the first administrator by the one-time
// link, sending files over a line that breaks, going on after a reload, texts edited meanwhile,
// preparing seen live, withdraw with undo, accounts, jobs, audit. Arguments: the daorian executable.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import type { Lesson } from '../../../web/src/lib/types';
import { runTests, test } from '../tap';
import {
  DESKTOP,
  findFaults,
  findOverflow,
  launchBrowser,
  openContext,
  pageFaults,
  PHONE,
  signIn,
  takeScreenshot,
  type Look,
} from './browser';
import { ADMIN, prepareDaemon, sweepDaemon } from './daemon';
import { makeLesson } from './lessons';

const daemon = prepareDaemon(process.argv[2]!, { administrator: false });
const browser = await launchBrowser();
await daemon.start();
const context = await openContext(browser, daemon, { viewport: DESKTOP });
const page = await context.newPage();
// Confirmations are answered with yes, as a person who means it would.
page.on('dialog', (dialog) => void dialog.accept());

const lessonFile = await makeLesson(browser, daemon.folder, 'คาบเรียนวันจันทร์.mp4', 10, {
  heading: 'บทที่ 2 ทศนิยม',
  lines: ['ทศนิยมหนึ่งตำแหน่ง', 'การเปรียบเทียบทศนิยม'],
});
const largeFile = join(daemon.folder, 'ห้องเรียน ม.1.ts');
writeFileSync(largeFile, Buffer.alloc(48_000_000, 'not a film, but long enough to be cut in the middle '));

async function slowDown(target: Page, bytesPerSecond: number): Promise<CDPSession> {
  const session = await target.context().newCDPSession(target);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 20,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
  return session;
}

function askLessons(target: Page, search = ''): Promise<Lesson[]> {
  return target.evaluate(async (query) => {
    const response = await fetch(`/api/v1/lessons?mine=1${query}`);
    return ((await response.json()) as { items: Lesson[] }).items;
  }, search);
}

test('the one-time link makes the first administrator, once', async () => {
  const token = /\/setup\?token=(\S+)/.exec(daemon.said())?.[1];
  assert.ok(token, daemon.said());
  await page.goto(`/setup?token=${token}`);
  await page.locator('input[autocomplete=username]').fill(ADMIN.name);
  await page.locator('input[autocomplete=new-password]').fill(ADMIN.password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL(/\/admin$/);
  await page.locator('.figures').waitFor();
  const other = await openContext(browser, daemon);
  const again = await other.newPage();
  await again.goto(`/setup?token=${token}`);
  await again.locator('a[href="/login"].button').waitFor();
  await other.close();
});

test('a wrong password is told in a sentence; the right one signs in', async () => {
  const other = await openContext(browser, daemon);
  const visitor = await other.newPage();
  await visitor.goto('/upload');
  await visitor.locator('.empty a.button').click();
  await visitor.waitForURL(/\/login\?next=/);
  await visitor.locator('input[autocomplete=username]').fill(ADMIN.name);
  await visitor.locator('input[autocomplete=current-password]').fill('ผิดแน่นอน');
  await visitor.locator('form button[type=submit]').click();
  const notice = visitor.locator('.notice-error');
  await notice.waitFor();
  assert.match(await notice.innerText(), /[ก-๙]{4}/);
  await visitor.locator('input[autocomplete=current-password]').fill(ADMIN.password);
  await visitor.locator('form button[type=submit]').click();
  await visitor.waitForURL(/\/upload$/);
  await other.close();
});

test('a file is sent, its texts are edited meanwhile, and preparing is seen live to the end', async () => {
  await page.goto('/upload');
  const session = await slowDown(page, 400_000);
  await page.locator('.drop input[type=file]').setInputFiles(lessonFile);
  const card = page.locator('.panels .panel').first();
  await card.locator('.chip').waitFor();
  const title = card.locator('input[type=text]');
  assert.equal(await title.inputValue(), 'คาบเรียนวันจันทร์');
  await title.fill('ทศนิยมและการเปรียบเทียบ');
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && /\/lessons\//.test(answer.url()));
  await card.locator('textarea').fill('คณิตศาสตร์ ชั้นประถมศึกษาปีที่ 5');
  await saved;
  await card.locator('[role=status]').filter({ hasText: 'บันทึกแล้ว' }).waitFor();
  await session.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1,
  });
  await card.locator('.chip-published').waitFor({ timeout: 90_000 });
  await card.locator('a.button[href^="/watch/"]').waitFor();
  const [lesson] = await askLessons(page);
  assert.equal(lesson?.title, 'ทศนิยมและการเปรียบเทียบ');
  assert.equal(lesson?.description, 'คณิตศาสตร์ ชั้นประถมศึกษาปีที่ 5');
});

test('pause and go on; a reload in mid-send; another file is refused, the same one goes on', async () => {
  await page.goto('/upload');
  await slowDown(page, 4_000_000);
  await page.locator('.drop input[type=file]').setInputFiles(largeFile);
  const card = page.locator('.panels .panel').first();
  await page.waitForFunction(() => {
    const bar = document.querySelector('[role=progressbar]');
    return Number(bar?.getAttribute('aria-valuenow')) >= 15;
  }, undefined, { timeout: 90_000 });
  await takeScreenshot(page, 'upload-desktop');
  await page.setViewportSize(PHONE);
  await takeScreenshot(page, 'upload-phone');
  await page.setViewportSize(DESKTOP);
  await card.locator('.actions button').first().click();
  await card.locator('.send-line').filter({ hasText: 'หยุดชั่วคราว' }).waitFor();
  await card.locator('.actions button').first().click();
  await page.waitForFunction(() => {
    const bar = document.querySelector('[role=progressbar]');
    return Number(bar?.getAttribute('aria-valuenow')) >= 35;
  }, undefined, { timeout: 90_000 });
  await page.reload();
  const row = page.locator('.section .panel').first();
  await row.waitFor();
  const sent = Number(await row.locator('[role=progressbar]').getAttribute('aria-valuenow'));
  assert.ok(sent >= 25 && sent < 100, `${sent} %`);
  await row.locator('input[type=file]').setInputFiles(lessonFile);
  await row.locator('.notice-error').waitFor();
  const offsets: number[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().includes('/uploads/')) {
      offsets.push(Number(request.headers()['upload-offset']));
    }
  });
  await row.locator('input[type=file]').setInputFiles(largeFile);
  await page.locator('.panels .hint').filter({ hasText: 'ได้รับไฟล์ครบแล้ว' }).waitFor({ timeout: 60_000 });
  assert.ok(offsets[0]! >= 48_000_000 * 0.25, `went on at ${offsets[0]}`);
  // It is no film: the lesson fails with a sentence to act on.
  const notice = page.locator('.panels .notice-error');
  await notice.waitFor({ timeout: 90_000 });
  assert.match(await notice.innerText(), /[ก-๙]{6}/);
}, 240);

test('sending can be cancelled, and nothing is left behind', async () => {
  await page.goto('/upload');
  await slowDown(page, 500_000);
  await page.locator('.drop input[type=file]').setInputFiles({
    name: 'ทิ้ง.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(6_000_000, 'x'),
  });
  const card = page.locator('.panels .panel').first();
  await card.locator('.chip').waitFor();
  const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.ok());
  await card.locator('.button-bad').click();
  await card.waitFor({ state: 'detached' });
  await ended;
  const left = await page.evaluate(async () => (await (await fetch('/api/v1/uploads')).json()) as { items: unknown[] });
  assert.equal(left.items.length, 0);
});

test('withdraw takes a lesson from learners; undo brings it back', async () => {
  await page.goto('/manage');
  const panel = page.locator('.panel').filter({ hasText: 'ทศนิยมและการเปรียบเทียบ' });
  await panel.locator('.button-bad').click();
  await panel.locator('.chip-withdrawn').waitFor();
  await page.locator('.toast-action').click();
  await panel.locator('.chip-published').waitFor();
  await panel.locator('.actions button').first().click();
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
  await panel.locator('select').last().selectOption('draft');
  await saved;
  await panel.locator('[role=status]').filter({ hasText: 'บันทึกแล้ว' }).waitFor();
  const other = await openContext(browser, daemon);
  const visitor = await other.newPage();
  await visitor.goto('/');
  await visitor.locator('.empty').waitFor();
  await other.close();
});

test('the administrator adds a user, gives a role, sets a password shown once, disables', async () => {
  await page.goto('/admin/users');
  await page.locator('summary').click();
  const form = page.locator('details form');
  await form.locator('input[type=text]').first().fill('mana');
  await form.locator('input[type=text]').nth(1).fill('มานะ ใจสู้');
  await form.locator('input[autocomplete=new-password]').fill('รหัสผ่านแรกของมานะ');
  await form.locator('button[type=submit]').click();
  const row = page.locator('.row').filter({ hasText: 'มานะ ใจสู้' });
  await row.waitFor();
  await row.locator('select').selectOption('staff');
  await page.locator('.toast').filter({ hasText: 'บันทึกแล้ว' }).waitFor();
  await row.locator('button').first().click();
  const password = await row.locator('.once input').inputValue();
  assert.ok(password.length >= 10, password);
  const other = await openContext(browser, daemon);
  const member = await other.newPage();
  await signIn(member, { name: 'mana', password });
  await member.goto('/upload');
  await member.locator('.drop').waitFor();
  await member.goto('/admin');
  await member.locator('.empty').waitFor();
  await row.locator('.button-bad').click();
  await row.locator('.chip').waitFor();
  await member.goto('/upload');
  await member.locator('.empty').waitFor();
  await other.close();
});

test('jobs, disk and audit are there', async () => {
  await page.goto('/admin/jobs');
  const failed = page.locator('.row').filter({ has: page.locator('.chip-failed') });
  await failed.waitFor();
  assert.match(await failed.locator('.notice').innerText(), /[ก-๙]{6}/);
  await failed.locator('button').first().click();
  await page.locator('.row .chip-queued, .row .chip-running, .row .chip-failed').first().waitFor();
  await page.goto('/admin/audit');
  await page.locator('tbody tr').nth(3).waitFor();
  await page.goto('/admin');
  await page.locator('.legend').waitFor();
  await takeScreenshot(page, 'admin-desktop');
  await page.setViewportSize(PHONE);
  await takeScreenshot(page, 'admin-phone');
  await page.setViewportSize(DESKTOP);
});

test('on a phone the tab of the present page is in sight', async () => {
  await page.setViewportSize(PHONE);
  for (const path of ['/admin/audit', '/admin', '/admin/jobs']) {
    await page.goto(path);
    const box = await page.locator('.tabs a[aria-current]').boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= PHONE.width, `${path}: ${JSON.stringify(box)}`);
  }
  await page.setViewportSize(DESKTOP);
});

test('a personal token is shown once and can be deleted; the password can be changed', async () => {
  await page.goto('/account');
  await page.locator('input[placeholder]').fill('เครื่องห้องสมุด');
  await page.locator('section form button[type=submit]').click();
  const token = await page.locator('.once input').inputValue();
  const answer = await fetch(`${daemon.url}/api/v1/status`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  await page.locator('.row').filter({ hasText: 'เครื่องห้องสมุด' }).locator('button').click();
  await page.locator('.row').first().waitFor({ state: 'detached' });
  const after = await fetch(`${daemon.url}/api/v1/status`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(after.status, 401);
  await page.locator('input[autocomplete=current-password]').fill('ไม่ใช่รหัสนี้');
  await page.locator('input[autocomplete=new-password]').fill('รหัสใหม่ที่ยาวพอสมควร');
  await page.locator('.panel').first().locator('button[type=submit]').click();
  await page.locator('.notice-error').waitFor();
  await page.locator('input[autocomplete=current-password]').fill(ADMIN.password);
  await page.locator('.panel').first().locator('button[type=submit]').click();
  await page.locator('.toast').filter({ hasText: 'เปลี่ยนรหัสผ่านแล้ว' }).waitFor();
});

test('axe finds no serious fault on the pages of staff and administrators, and none is too wide', async () => {
  const state = await context.storageState();
  for (const look of [{}, { dark: true }, { english: true }, { dark: true, english: true }] as Look[]) {
    const other = await openContext(browser, daemon, look);
    await other.addCookies(state.cookies);
    const visitor = await other.newPage();
    const paths = ['/upload', '/manage', '/account', '/admin', '/admin/users', '/admin/jobs', '/admin/broadcasts', '/admin/audit'];
    for (const path of paths) {
      await visitor.goto(path);
      await visitor.locator('h1').waitFor();
      await visitor.waitForFunction(() => !document.querySelector('main .loading'));
      assert.deepEqual(await findFaults(visitor), [], `${path} ${JSON.stringify(look)}`);
      await visitor.setViewportSize({ width: 320, height: 640 });
      const wide = await findOverflow(visitor);
      assert.deepEqual(wide, [], `${path} ${JSON.stringify(look)} is wider than 320 px: ${wide.join(' | ')}`);
      await visitor.setViewportSize(DESKTOP);
    }
    await other.close();
  }
});

test('no page reported a script error or a breach of the content policy', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
