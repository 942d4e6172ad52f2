// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The administrator's page of health through a real daemon: a multiplex in a loop with a channel, figures that
// renew themselves, PIDs, a viewer who comes and goes, a day's history that an earlier daemon left, as a graph
// and as a table, in both languages, at 360 pixels. Arguments: the daorian and thai-coded executables.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests, test } from '../tap';
import { findFaults, findOverflow, launchBrowser, openContext, pageFaults, signIn, takeScreenshot } from './browser';
import { ADMIN, prepareDaemon, sweepDaemon } from './daemon';

const NARROW = { width: 360, height: 740 };
const WAIT_MS = 120_000;
const SLOT = 64;
const MINUTES = 1440;
const HOURS = 720;
const daemon = prepareDaemon(process.argv[2]!);
await daemon.start();
const token = daemon.run(['user', 'token', ADMIN.name]).trim();

async function api<T>(method: string, path: string, body?: unknown, etag?: string): Promise<T> {
  const answer = await fetch(`${daemon.url}${path}`, {
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
  return (answer.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text) as T;
}

function seal(slot: Buffer): Buffer {
  let check = 2166136261;
  for (const byte of slot.subarray(0, SLOT - 4)) check = Math.imul(check ^ byte, 16777619) >>> 0;
  slot.writeUInt32LE(check, SLOT - 4);
  return slot;
}

function makeSlot(number: number, values: readonly number[]): Buffer {
  const slot = Buffer.alloc(SLOT);
  slot.writeUInt32LE(number, 0);
  for (let index = 0; index < 13; index += 1) slot.writeFloatLE(values[index] ?? NaN, 4 + 4 * index);
  return seal(slot);
}

/** A day of a multiplex as server/flows/health_history.c keeps it: with a hole, and rain in the evening. */
function makeHistory(nowMs: number): Buffer {
  const file = Buffer.alloc(SLOT * (1 + MINUTES + HOURS));
  const head = Buffer.alloc(SLOT);
  head.write('DAORHLT1', 0, 'latin1');
  seal(head).copy(file, 0);
  const last = Math.floor(nowMs / 60_000) - 1;
  for (let back = 0; back < MINUTES - 1; back += 1) {
    if (back > 400 && back < 500) continue;
    const number = last - back;
    const rain = back > 200 && back < 300;
    const values = [1, 1, 3.2e7 + 1e6 * Math.sin(back / 60), 190, rain ? 4 : 13, rain ? 7.5 : 13.4, 1e-5, rain ? 40 : 0, 0, 0, 0, 0, 900];
    makeSlot(number, values).copy(file, SLOT * (1 + (number % MINUTES)));
  }
  for (let back = 1; back < HOURS; back += 1) {
    const number = Math.floor(last / 60) - back;
    makeSlot(number, [1, 1, 3.1e7 + 1e4 * back, 190, 12, 13, 1e-5, back % 7, 0, 0, 0, 0, 900]).copy(
      file,
      SLOT * (1 + MINUTES + (number % HOURS)),
    );
  }
  return file;
}

const browser = await launchBrowser();
const context = await openContext(browser, daemon);
const page = await context.newPage();
const stream = join(daemon.folder, 'thai.ts');
const source = { id: '' };
const card = page.locator('section.health', { hasText: 'จานบนหลังคา' });
const channelCard = page.locator('section.health', { hasText: 'ดาวเรียน ๑' });

test('without a source the page says what to do', async () => {
  await signIn(page);
  await page.goto('/admin/health');
  await page.locator('.empty').waitFor();
  assert.equal(await page.locator('h1').innerText(), 'สุขภาพสัญญาณ');
  await page.getByRole('link', { name: 'เพิ่มแหล่งสัญญาณ' }).waitFor();
  assert.deepEqual(await findFaults(page), []);
});

test('a source that nobody uses is off; what an earlier daemon noted of it is still there', async () => {
  const done = spawnSync(process.argv[3]!, ['16', stream], { encoding: 'utf8', timeout: 120_000 });
  assert.equal(done.status, 0, done.stderr);
  const body = { uri: `file:${stream}`, name: 'จานบนหลังคา', text_default: 'tis-620' };
  source.id = (await api<{ id: string }>('POST', '/api/v1/multiplexes', body)).id;
  await daemon.stop();
  writeFileSync(join(daemon.folder, 'data', 'health', source.id), makeHistory(Date.now()));
  await daemon.start();
  await page.goto('/admin/health');
  await card.locator('.chip-off').waitFor();
  await card.getByText('ประวัติ', { exact: true }).click();
  const graph = card.getByRole('img', { name: /กราฟอัตราข้อมูล/ });
  await graph.waitFor();
  assert.ok((await graph.locator('path').count()) >= 2, 'the hole is not drawn over');
  await card.getByLabel('ค่าที่จะดู').selectOption('cn_db');
  await card.getByRole('img', { name: 'กราฟสัญญาณต่อสัญญาณรบกวน ต่ำสุด 7.5 dB สูงสุด 13.4 dB' }).waitFor();
  await card.getByText('ดูเป็นตาราง').click();
  assert.ok((await card.locator('tbody tr').count()) >= 22);
  assert.match(await card.locator('tbody').innerText(), /256\d/);
  await card.getByLabel('ช่วงเวลา').selectOption('hour');
  await card.getByRole('img', { name: /สูงสุด 13 dB/ }).waitFor();
  assert.ok((await card.locator('tbody tr').count()) >= 29);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'health-history');
});

test('a channel that is switched on is well, and its figures come by themselves', async () => {
  await api('POST', `/api/v1/multiplexes/${source.id}/scan`, {});
  interface Service {
    id: string;
    name: string;
  }
  let service: Service | undefined;
  while (!service)
    service = (await api<{ items: Service[] }>('GET', '/api/v1/services')).items.find(({ name }) => name === 'ดาวเรียน ๑');
  const draft = { slug: 'dao-1', name: 'ดาวเรียน ๑', service: service.id, enabled: true, rungs: ['voice', 'small'] };
  await api('POST', '/api/v1/channels', draft);
  await channelCard.locator('.chip-well').waitFor({ timeout: WAIT_MS });
  await card.locator('.health-figures').getByText(/Mbit\/s/).waitFor({ timeout: WAIT_MS });
  await channelCard.getByText('ความเร็วแปลงภาพ').waitFor({ timeout: WAIT_MS });
  await channelCard.getByText(/ภาพล่าสุด .*256\d/).waitFor({ timeout: WAIT_MS });
  const pids = card.getByText(/^อัตราข้อมูลแต่ละ PID/);
  await pids.click();
  const table = card.getByRole('region', { name: /PID/ });
  assert.ok((await table.locator('tbody tr').count()) >= 6);
  assert.match(await table.innerText(), /Mbit\/s/);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'health-desktop');
}, 900);

test('who takes segments is counted while it does, two players behind one address as two', async () => {
  const list = await api<string>('GET', '/channels/dao-1/small.m3u8');
  const segment = list.split('\n').find((line) => line.endsWith('.m4s'))!;
  const url = new URL(segment, `${daemon.url}/channels/dao-1/`).href;
  const look = async (sid: string): Promise<void> => {
    const answer = await fetch(url, { headers: { 'CMCD-Session': `sid="${sid}"` } });
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
  };
  const watching = channelCard.getByText('เล็ก 2 คน');
  while ((await watching.count()) === 0) {
    await Promise.all([look('one'), look('one'), look('two')]);
    await page.waitForResponse((response) => response.url().endsWith('/api/v1/health'));
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const text = await api<string>('GET', '/metrics');
  assert.match(text, /daorian_channel_viewers\{channel="dao-1",name="ดาวเรียน ๑",rung="small"\} 2\n/);
  assert.match(text, /daorian_channel_on_air\{channel="dao-1",name="ดาวเรียน ๑"\} 1\n/);
  await watching.waitFor({ state: 'detached', timeout: WAIT_MS });
}, 200);

test('a source that is gone is in trouble, first on the page, with what to do', async () => {
  const etag = (await api<{ etag: string }>('GET', `/api/v1/multiplexes/${source.id}`)).etag;
  await api('PATCH', `/api/v1/multiplexes/${source.id}`, { uri: `file:${stream}.gone` }, etag);
  await card.locator('.chip-bad').waitFor({ timeout: WAIT_MS });
  assert.equal(await page.locator('section.health .chip').first().getAttribute('class'), 'chip chip-bad');
  assert.match(await card.locator('.notice').innerText(), /ไม่พบไฟล์นี้/);
  assert.match(await page.locator('.health-summary').innerText(), /ขัดข้อง [12] รายการ/);
  assert.deepEqual(await findFaults(page), []);
}, 200);

test('in English on a phone, in the dark, it fits and has no fault', async () => {
  const phone = await openContext(browser, daemon, { viewport: NARROW, english: true, dark: true });
  const small = await phone.newPage();
  await signIn(small);
  await small.goto('/admin/health');
  const first = small.locator('section.health', { hasText: 'จานบนหลังคา' });
  await first.locator('.chip-bad').waitFor();
  assert.match(await first.innerText(), /There is no such file on the server/);
  await first.locator('summary', { hasText: 'History' }).focus();
  await small.keyboard.press('Enter');
  await first.getByRole('img', { name: /Graph of Bit rate/ }).waitFor();
  await first.getByText('As a table').click();
  assert.deepEqual(await findOverflow(small), []);
  assert.deepEqual(await findFaults(small), []);
  await takeScreenshot(small, 'health-phone');
  await phone.close();
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
