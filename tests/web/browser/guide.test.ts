// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guide in Chromium: what is on and next, days, search in Thai, from the start of a programme that is on the
// air; a teacher books from it, takes it back and undoes that, by time too, by a rule, and edits; what to do when
// there are too few tuners. Over a window that an earlier daemon left and a guide of today. Arguments: the daorian executable, the program that fills a window.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runTests, test } from '../tap';
import { findFaults, findOverflow, launchBrowser, openContext, pageFaults, signIn, takeScreenshot } from './browser';
import { ADMIN, prepareDaemon, sweepDaemon } from './daemon';
import { plantService, type PlantedProgramme } from './plant';

const NARROW = { width: 360, height: 740 };
const SECONDS = 24;
const HOUR_MS = 3_600_000;
const TEACHER = { name: 'malee', password: 'ครูมะลิสอนเศษส่วนทุกเช้า' };
const MULTIPLEX = '01900000-0000-7000-8000-0000000000a1';
const SERVICE = '01900000-0000-7000-8000-0000000000a2';
const LOST = 'ดาราศาสตร์'; // loses its tuner
const satip = (freq: number): string => `satip://127.0.0.1:1/?src=1&freq=${freq}&pol=v&msys=dvbs2&sr=27500`;
const daemon = prepareDaemon(process.argv[2]!);
daemon.run(['user', 'add', '--role', 'teacher', '--password-stdin', TEACHER.name], TEACHER.password);
await daemon.start();
const token = daemon.run(['user', 'token', ADMIN.name]).trim();

async function api<T>(method: string, path: string, body?: unknown, etag?: string): Promise<T> {
  const answer = await fetch(`${daemon.url}/api/v1/${path}`, {
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
  return JSON.parse(text) as T;
}

/** A service and its guide; the first of all unless another is named. */
function plant(rows: readonly PlantedProgramme[], uri = 'udp://127.0.0.1:59996', multiplex = MULTIPLEX, service = SERVICE): void {
  plantService(daemon, { uri, multiplex, service, number: 101, name: 'x' }, rows);
}

const browser = await launchBrowser();
const context = await openContext(browser, daemon);
const page = await context.newPage();
let windowMs = { first_ms: 0, last_ms: 0 };

test('without a channel the guide says so', async () => {
  await page.goto('/guide');
  await page.locator('.empty').waitFor();
  assert.equal(await page.locator('h1').innerText(), 'ผังรายการ');
  assert.deepEqual(await findFaults(page), []);
});

test('what is on now and next in each channel, and the programmes of today', async () => {
  const made = await api<{ id: string; etag: string }>('POST', 'channels', { slug: 'class-6', name: 'ห้องเรียน ป.๖', enabled: false });
  const folder = join(daemon.folder, 'data', 'channels', made.id);
  const filled = spawnSync(process.argv[3]!, [folder, String(SECONDS)], { encoding: 'utf8', timeout: 240_000 });
  assert.equal(filled.status, 0, `${filled.stdout}${filled.stderr}`);
  const now = Date.now();
  plant([
    { event: 1, start: now - HOUR_MS / 2, title: 'คณิตศาสตร์ เรื่องเศษส่วน', summary: 'การบวกเศษส่วน' },
    { event: 2, start: now + HOUR_MS / 2, title: 'ข่าวการศึกษา', summary: '' },
    { event: 3, start: now + 26 * HOUR_MS, title: 'ทบทวนเศษส่วน', summary: 'แบบฝึกหัด' },
  ]);
  await api('PATCH', `channels/${made.id}`, { service: SERVICE, enabled: true }, made.etag);
  await page.goto('/guide');
  const card = page.locator('.guide-channels .live-card');
  await card.waitFor();
  assert.match(await card.innerText(), /ห้องเรียน ป\.๖[\s\S]*คณิตศาสตร์ เรื่องเศษส่วน[\s\S]*ต่อไป \d\d:\d\d ข่าวการศึกษา/);
  const row = page.locator('.programme-now');
  await row.waitFor();
  assert.match(await row.innerText(), /กำลังออกอากาศ/);
  assert.equal(await page.locator('.guide-day[aria-pressed=true]').innerText().then((text) => text.includes('วันนี้')), true);
  assert.match(await page.locator('.guide h2').innerText(), /วัน.* 256\d/);
  assert.equal(await page.getByRole('button', { name: /^อัดรายการ/ }).count(), 0);
  assert.deepEqual(await findFaults(page), []);
  await takeScreenshot(page, 'guide-desktop');
}, 900);

test('another day by keyboard is in the address and survives a reload', async () => {
  const tomorrow = page.locator('.guide-day').nth(2);
  await tomorrow.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/day=\d{4}-\d\d-\d\d/);
  await page.reload();
  await page.locator('.guide-day[aria-pressed=true]').nth(0).waitFor();
  assert.equal(await page.locator('.guide-day').nth(2).getAttribute('aria-pressed'), 'true');
});

test('search finds a word inside a compound in all days, the title first', async () => {
  await page.getByLabel('ค้นหาในผังรายการ').fill('ส่วน');
  await page.getByText('พบ 2 รายการ').waitFor();
  const rows = page.locator('.programme');
  assert.match(await rows.nth(0).innerText(), /256\d[\s\S]*เรื่องเศษส่วน[\s\S]*ห้องเรียน ป\.๖/);
  assert.match(await rows.nth(1).innerText(), /ทบทวนเศษส่วน/);
  await page.getByLabel('ค้นหาในผังรายการ').fill('ไดโนเสาร์');
  await page.locator('.empty').waitFor();
  assert.deepEqual(await findFaults(page), []);
});

test('from the start of what is on the air: the player begins there', async () => {
  const channel = (await api<{ items: { window: typeof windowMs }[] }>('GET', 'channels?slug=class-6')).items[0]!;
  windowMs = channel.window;
  await page.goto(`/channel/class-6?start=${windowMs.first_ms + 6000}`);
  const asked = page.waitForRequest((request) => /\.m3u8\?start=\d+/.test(request.url()));
  await page.locator('.player-start').click();
  assert.equal(new URL((await asked).url()).searchParams.get('start'), String(windowMs.first_ms + 6000));
  await page.locator('.live-edge').waitFor();
  assert.match(await page.locator('.clock').innerText(), /ย้อนหลัง/);
  const link = page.getByRole('link', { name: 'ดูรายการนี้ตั้งแต่ต้น' });
  const again = page.waitForRequest((request) => new RegExp(`\\.m3u8\\?start=${windowMs.first_ms}&`).test(request.url()));
  await link.click();
  await again;
  await page.getByRole('link', { name: 'ผังรายการ' }).first().click();
  await page.waitForURL('**/guide?channel=class-6');
});

test('a teacher books with one press, takes it back, and undoes that', async () => {
  const office = await openContext(browser, daemon);
  const desk = await office.newPage();
  await signIn(desk, TEACHER);
  await desk.goto('/guide');
  const row = desk.locator('.programme', { hasText: 'ข่าวการศึกษา' });
  await row.getByRole('button', { name: 'อัดรายการ ข่าวการศึกษา' }).click();
  await row.locator('.chip-waiting').waitFor();
  await row.getByRole('button', { name: /^ไม่อัดแล้ว/ }).click();
  await row.getByRole('button', { name: 'อัดรายการ ข่าวการศึกษา' }).waitFor();
  await desk.locator('.toast', { hasText: 'ยกเลิกการอัด' }).getByRole('button').click();
  await row.locator('.chip-waiting').waitFor();
  assert.deepEqual(await findFaults(desk), []);
  await takeScreenshot(desk, 'guide-booked');

  await desk.goto('/recordings');
  const booking = desk.locator('.booking', { hasText: 'ข่าวการศึกษา' }).first();
  await booking.locator('.chip-waiting').waitFor();
  await booking.getByText('แก้ไข ข่าวการศึกษา').click();
  await booking.getByLabel('ชื่อ', { exact: true }).fill('ข่าวการศึกษาภาคค่ำ');
  await booking.getByLabel('อัดหลังเวลา (นาที)').fill('10');
  await booking.getByLabel('เก็บไว้ถึงวันที่').fill('2027-05-31');
  await booking.getByRole('button', { name: 'บันทึก' }).click();
  const renamed = desk.locator('.booking', { hasText: 'ข่าวการศึกษาภาคค่ำ' });
  await renamed.waitFor();
  const kept = (await api<{ items: { title: string; padding_after_s: number; keep_until_ms: number }[] }>('GET', 'bookings?state=waiting')).items;
  assert.deepEqual(kept.map((item) => [item.title, item.padding_after_s]), [['ข่าวการศึกษาภาคค่ำ', 600]]);
  assert.ok(kept[0]!.keep_until_ms > Date.now());
  assert.deepEqual(await findFaults(desk), []);
  await office.close();
});

test('by time: what is wrong is said and nothing typed is lost; what is right stands in the list', async () => {
  const phone = await openContext(browser, daemon, { viewport: NARROW, dark: true });
  const small = await phone.newPage();
  await signIn(small, TEACHER);
  await small.goto('/recordings');
  await small.getByText('อัดตามเวลา', { exact: true }).click();
  await small.getByLabel('วันที่', { exact: true }).fill('2020-01-01');
  await small.getByLabel('เริ่ม', { exact: true }).fill('23:30');
  await small.getByLabel('จบ', { exact: true }).fill('00:15');
  const form = small.locator('details.panel form');
  await form.getByLabel('ชื่อ', { exact: true }).fill('ติวเข้ม');
  await form.getByRole('button', { name: 'อัด', exact: true }).click();
  await form.locator('.notice-error').waitFor();
  assert.equal(await form.getByLabel('ชื่อ', { exact: true }).inputValue(), 'ติวเข้ม');
  await small.getByLabel('วันที่', { exact: true }).fill(new Date(Date.now() + 72 * HOUR_MS).toISOString().slice(0, 10));
  await form.getByRole('button', { name: 'อัด', exact: true }).click();
  const row = small.locator('.booking', { hasText: 'ติวเข้ม' });
  await row.waitFor();
  const made = (await api<{ items: { title: string; start_ms: number; end_ms: number }[] }>('GET', 'bookings')).items;
  const span = made.find((item) => item.title === 'ติวเข้ม')!;
  assert.equal(span.end_ms - span.start_ms, 45 * 60_000, 'over midnight');
  assert.deepEqual(await findOverflow(small), []);
  assert.deepEqual(await findFaults(small), []);
  await takeScreenshot(small, 'recordings-phone');
  await small.goto('/guide');
  await small.locator('.programme').first().waitFor();
  assert.deepEqual(await findOverflow(small), []);
  assert.deepEqual(await findFaults(small), []);
  await takeScreenshot(small, 'guide-phone');
  await phone.close();
});

interface Booked {
  items: { title: string; rule_id: string | null; state: string }[];
}

test('every time: a rule from a programme, what it means, off and on, deleted and back', async () => {
  const office = await openContext(browser, daemon);
  const desk = await office.newPage();
  await signIn(desk, TEACHER);
  await desk.goto('/guide');
  await desk.getByRole('link', { name: 'อัดทุกครั้ง คณิตศาสตร์ เรื่องเศษส่วน' }).click();
  await desk.waitForURL(/\/recordings\?rule=/);
  const form = desk.locator('details.panel[open] form');
  const words = form.getByLabel('คำในชื่อรายการ');
  assert.equal(await words.inputValue(), 'คณิตศาสตร์ เรื่องเศษส่วน');
  await form.getByText('ตรง 1 รายการ').waitFor();
  await words.fill('เศษส่วน');
  await form.getByText('ตรง 2 รายการ').waitFor();
  assert.equal(await form.locator('.rule-match .chip-record').count(), 2);
  assert.deepEqual(await findFaults(desk), []);
  await takeScreenshot(desk, 'rule-form');
  await form.getByRole('button', { name: 'สร้างกฎ' }).click();
  const rule = desk.locator('.rule', { hasText: 'เศษส่วน' });
  await rule.waitFor();
  const later = desk.locator('.booking', { hasText: 'ทบทวนเศษส่วน' });
  await later.waitFor();
  assert.match(await later.innerText(), /กฎ/);
  await rule.getByText('รายการที่ตรงกับ เศษส่วน').click();
  await rule.locator('.rule-match .chip-booked').nth(1).waitFor();
  await rule.getByText('แก้ไขกฎ เศษส่วน').click();
  await rule.getByLabel('คำในชื่อหรือรายละเอียด').fill('-แบบฝึกหัด');
  await rule.getByRole('button', { name: 'บันทึก', exact: true }).click();
  await later.waitFor({ state: 'detached' });
  await rule.getByRole('button', { name: 'ปิดกฎ เศษส่วน' }).click();
  await rule.getByRole('button', { name: 'เปิดกฎ เศษส่วน' }).waitFor();
  await rule.getByRole('button', { name: 'ลบกฎ เศษส่วน' }).click();
  await rule.waitFor({ state: 'detached' });
  await desk.locator('.toast', { hasText: 'ลบกฎ' }).getByRole('button').click();
  await rule.getByRole('button', { name: 'เปิดกฎ เศษส่วน' }).waitFor();
  assert.deepEqual(await findFaults(desk), []);
  await desk.setViewportSize(NARROW);
  assert.deepEqual(await findOverflow(desk), []);
  await takeScreenshot(desk, 'rules-phone');
  const made = (await api<Booked>('GET', 'bookings?state=waiting')).items;
  assert.deepEqual(made.filter((item) => item.rule_id), []);
  await office.close();
});

test('too few tuners: the dialog names what is in the way, and books the showing that is chosen', async () => {
  const [multiplex, service] = [MULTIPLEX.replace('a1', 'b1'), SERVICE.replace('a2', 'b2')];
  await api('PATCH', `multiplexes/${MULTIPLEX}`, { uri: satip(11778), tuners: 1 }, '*');
  const title = 'ทบทวนเศษส่วน';
  const start = Date.now() + HOUR_MS;
  const day = new Date(start + 7 * HOUR_MS).toISOString().slice(0, 10); // in Bangkok
  const repeat = { event: 2, start: start + 30 * HOUR_MS, title: LOST, summary: 'ดาวเคราะห์' };
  plant([{ event: 1, start, title, summary: 'แบบฝึกหัด' }, repeat], satip(11900), multiplex, service);
  await api('POST', 'channels', { slug: 'class-5', name: 'ห้องเรียน ป.๕', enabled: true, service });
  const desk = await openContext(browser, daemon);
  const admin = await desk.newPage();
  await signIn(admin, ADMIN);
  await admin.goto(`/guide?channel=class-5&day=${day}`);
  await admin.getByRole('button', { name: `อัดรายการ ${title}` }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByText('ข่าวการศึกษาภาคค่ำ').waitFor();
  assert.deepEqual(await findFaults(admin), []);
  await takeScreenshot(admin, 'guide-clash');
  await dialog.getByRole('button', { name: /^อัดรอบ .*ห้องเรียน ป\.๖/ }).click();
  await admin.locator('.toast', { hasText: title }).waitFor();
  const made = (await api<{ items: { title: string; slug: string }[] }>('GET', 'bookings?state=waiting')).items;
  assert.deepEqual(made.filter((item) => item.title === title).map((item) => item.slug), ['class-6']);
  await desk.close();
});

test('a booking that loses its tuner says so by itself, and goes to another showing', async () => {
  const service = SERVICE.replace('a2', 'c2');
  plant([], satip(12100), MULTIPLEX.replace('a1', 'c1'), service);
  const channel = await api<{ id: string }>('POST', 'channels', { slug: 'class-4', name: 'ห้องเรียน ป.๔', enabled: false, service });
  await api('PATCH', `multiplexes/${MULTIPLEX}`, { tuners: 3 }, '*');
  const [start_ms, end_ms] = [Date.now() + 4 * HOUR_MS, Date.now() + 5 * HOUR_MS];
  await api('POST', 'bookings', { channel: channel.id, start_ms, end_ms, title: LOST });
  const desk = await openContext(browser, daemon);
  const admin = await desk.newPage();
  await signIn(admin, ADMIN);
  await admin.goto('/recordings');
  const row = admin.locator('.booking', { hasText: LOST });
  await row.waitFor();
  assert.equal(await row.locator('.notice').count(), 0);
  await api('PATCH', `multiplexes/${MULTIPLEX}`, { tuners: 2 }, '*');
  await row.getByText('ตัวรับสัญญาณไม่พอ').waitFor(); // nobody reloads
  await row.getByRole('button', { name: `ดูว่า ${LOST} ชนกับอะไรและรอบอื่น` }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByText('ห้องเรียน ป.๕ ที่เปิดตลอดเวลา').waitFor();
  assert.deepEqual(await findFaults(admin), []);
  await dialog.getByRole('button', { name: /^อัดรอบ .*ห้องเรียน ป\.๕/ }).click();
  await admin.locator('.booking', { hasText: 'ห้องเรียน ป.๕' }).waitFor();
  const made = (await api<{ items: { title: string; slug: string }[] }>('GET', 'bookings?state=waiting')).items;
  assert.deepEqual(made.filter((item) => item.title === LOST).map((item) => item.slug), ['class-5']);
  await desk.close();
});

test('in English; a learner books nothing', async () => {
  const other = await openContext(browser, daemon, { english: true });
  const guest = await other.newPage();
  await guest.goto('/guide?channel=class-6');
  await guest.getByText('on the air').first().waitFor();
  assert.equal(await guest.getByRole('button', { name: /^Record/ }).count(), 0);
  await guest.goto('/recordings');
  await guest.locator('.empty').waitFor();
  await other.close();
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
