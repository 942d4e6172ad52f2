// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Power cuts while a file is sent: the whole browser is killed, or the daemon is. Nothing that the
// server has is sent again, and what was typed stays. Arguments: the daorian executable.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page, type Route } from 'playwright-core';
import { runTests, test } from '../tap';
import { FLAGS, PATIENCE_MS, signIn } from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';

const SIZE = 32_000_000;
const TYPED = 'ชื่อที่พิมพ์ก่อนไฟดับ';
const daemon = prepareDaemon(process.argv[2]!);
const profile = join(daemon.folder, 'profile');
const file = join(daemon.folder, 'ห้องเรียน ม.2.ts');
writeFileSync(file, Buffer.alloc(SIZE, 'not a film, but long enough to be cut in the middle '));
await daemon.start();
let context: BrowserContext | null = null;

async function openBrowser(): Promise<Page> {
  context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: FLAGS,
    baseURL: daemon.url,
    locale: 'th-TH',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}

/** Kills every process of the browser on this profile and waits until the line to it is gone. */
async function killBrowser(): Promise<void> {
  const closed = new Promise((resolve) => context!.once('close', resolve));
  let killed = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (!readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`--user-data-dir=${profile}`)) continue;
      process.kill(Number(name), 'SIGKILL');
      killed += 1;
    } catch {
      // It ended meanwhile.
    }
  }
  assert.ok(killed > 0, 'no browser was found');
  await closed;
  context = null;
}

async function slowDown(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: bytesPerSecond,
  });
}

async function waitForPercent(page: Page, percent: number): Promise<void> {
  await page.waitForFunction((least) => {
    const bar = document.querySelector('[role=progressbar]');
    return Number(bar?.getAttribute('aria-valuenow')) >= least;
  }, percent, { timeout: 90_000 });
}

function watchOffsets(page: Page): number[] {
  const offsets: number[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().includes('/uploads/')) {
      offsets.push(Number(request.headers()['upload-offset']));
    }
  });
  return offsets;
}

/** Waits until the server has the title; it comes with the creation or a moment later. */
async function waitForTitle(page: Page, title: string): Promise<void> {
  let known = '';
  for (let turn = 0; turn < 240; turn += 1) {
    known = await page.evaluate(async () => (await fetch('/api/v1/lessons?mine=1')).text());
    if (known.includes(title)) return;
    await page.waitForTimeout(250);
  }
  assert.fail(`never saved: ${known}`);
}

async function waitForAll(page: Page): Promise<void> {
  const hint = page.locator('.panels .hint').filter({ hasText: 'ได้รับไฟล์ครบแล้ว' });
  await hint.waitFor({ timeout: 90_000 });
}

test('the browser is killed in mid-send: the same file goes on, the typed title is there', async () => {
  const first = await openBrowser();
  await signIn(first);
  await first.goto('/upload');
  await slowDown(first, 4_000_000);
  // Typed at once, before the server knows of the lesson and while it comes to know: it is kept all the same.
  const creation = new Promise<Route>((come) => void first.route(/\/api\/v1\/uploads$/, come, { times: 1 }));
  await first.locator('.drop input[type=file]').setInputFiles(file);
  const card = first.locator('.panels .panel').first();
  await card.locator('input[type=text]').fill(TYPED.slice(0, 6));
  await (await creation).continue();
  await card.locator('.chip').waitFor();
  await first.keyboard.type(TYPED.slice(6));
  await waitForTitle(first, TYPED);
  await card.locator('[role=status]').filter({ hasText: 'บันทึกแล้ว' }).waitFor();
  await waitForPercent(first, 50);
  await killBrowser();
  const second = await openBrowser();
  // A cut may take the newest cookies with it: the browser writes them out late.
  await second.context().clearCookies();
  await signIn(second);
  await second.goto('/upload');
  const offsets = watchOffsets(second);
  await second.locator('.section .panel input[type=file]').first().setInputFiles(file);
  await waitForAll(second);
  assert.ok(offsets[0]! >= SIZE * 0.3, `went on at ${offsets[0]}`);
  const title = second.locator('.panels .panel input[type=text]').first();
  await waitForTitle(second, TYPED);
  assert.equal(await title.inputValue(), TYPED);
});

test('the daemon is killed in mid-send and started again: sending goes on by itself', async () => {
  const page = await context!.newPage();
  await page.goto('/upload');
  await slowDown(page, 4_000_000);
  const offsets = watchOffsets(page);
  await page.locator('.drop input[type=file]').setInputFiles(file);
  await waitForPercent(page, 40);
  await daemon.kill();
  const before = offsets.length;
  await daemon.start();
  await waitForAll(page);
  const later = offsets.slice(before).filter((offset) => offset > 0);
  assert.ok(later.length > 0 && later[0]! >= SIZE * 0.2, `went on at ${offsets.join(' ')}`);
});

await runTests(async () => {
  await context?.close();
  await sweepDaemon(daemon);
});
