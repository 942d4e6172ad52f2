// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Captions in a real browser with a real daemon: a file with faults and one in TIS-620, the transcript,
// lines on the picture, editing with undo, a reload in mid-sentence, two people at once, earlier texts, a
// machine draft until a person approves it. Arguments: the daorian executable.

import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { captionsTh as texts } from '../../../web/src/captions/texts-th';
import type { Lesson } from '../../../web/src/lib/types';
import { runTests, test } from '../tap';
import {
  findFaults,
  findOverflow,
  launchBrowser,
  openContext,
  pageFaults,
  PHONE,
  signIn,
  SCREENSHOTS,
  takeScreenshot,
} from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';
import { callApi, makeLesson, publishAll } from './lessons';

const SECONDS = 12;
const LINES = [
  'สวัสดีครับนักเรียน',
  'วันนี้เราเรียนเรื่องเศษส่วน',
  'เศษส่วนมีตัวเศษและตัวส่วน',
  'หนึ่งส่วนสองเท่ากับสองส่วนสี่',
  'ลองคิดตามไปด้วยกัน',
];

/** What stands for a recogniser: it writes SubRip, as many do. */
function writeRecogniser(folder: string): string {
  const path = join(folder, 'recognise.sh');
  writeFileSync(
    path,
    '#!/bin/sh\nif [ -s "$1" ]; then printf "1\\n00:00:01,000 --> 00:00:03,000\\nhello from %s\\n" "$2"; fi\n',
  );
  chmodSync(path, 0o755);
  return `[captions]\ncommand = ${path} {sound} {language}\n`;
}

const daemon = prepareDaemon(process.argv[2]!, { config: writeRecogniser });
const browser = await launchBrowser();
let lesson: Lesson;
let page: Page;

/** TIS-620, as a teacher's old program saves it. */
function codeThai(text: string): Buffer {
  return Buffer.from([...text].map((sign) => {
    const code = sign.codePointAt(0)!;
    return code >= 0xe01 && code <= 0xe5b ? code - 0xe01 + 0xa1 : code;
  }));
}

function makeSrt(): string {
  return LINES.map((line, i) => `${i + 1}\n00:00:0${i * 2},000 --> 00:00:0${i * 2 + 1},500\n${line}\n`).join('\n');
}

function readText(language: string): Promise<string> {
  return fetch(`${daemon.url}/api/v1/lessons/${lesson.id}/captions/${language}`).then((answer) => answer.text());
}

async function openLesson(target: Page): Promise<void> {
  await target.goto(`/watch/${lesson.id}`);
  await target.locator('.captions').waitFor();
}

async function openEditor(): Promise<void> {
  await page.getByRole('button', { name: texts.transcript.edit }).click();
  await page.locator('.cue-editor').waitFor();
}

function button(name: string): Locator {
  return page.locator('.captions').getByRole('button', { name, exact: true });
}

async function giveFile(name: string, buffer: Buffer): Promise<void> {
  await page.locator('.caption-drop input').setInputFiles({ name, mimeType: 'application/x-subrip', buffer });
}

test('a lesson is published', async () => {
  const file = await makeLesson(browser, daemon.folder, 'fractions.mp4', SECONDS, {
    heading: 'บทที่ 1 เศษส่วน',
    lines: ['ตัวเศษ และ ตัวส่วน', '½ = 2/4'],
  }, SCREENSHOTS ? 720 : 360);
  lesson = await publishAll(daemon, [file], [{ title: 'เศษส่วน ชั้นประถมศึกษาปีที่ 5', description: 'มีคำบรรยาย' }]);
  const context = await openContext(browser, daemon);
  page = await context.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
  await signIn(page);
}, 900);

test('a file with faults is refused with its lines; one in TIS-620 is taken', async () => {
  await openLesson(page);
  await openEditor();
  await giveFile('broken.srt', Buffer.from(makeSrt().replace('00:00:02,000 -->', '00:00:09,000 -->').replace(/00:00:06,000/, 'six')));
  const faults = page.locator('.file-faults li');
  await faults.nth(1).waitFor();
  assert.deepEqual(await faults.locator('strong').allTextContents(), [texts.file.line(6), texts.file.line(14)]);
  await giveFile('right.srt', codeThai(makeSrt()));
  await page.locator('.cue-list li').nth(LINES.length - 1).waitFor();
  assert.match(await readText('th'), /WEBVTT\n\n00:00:00\.000 --> 00:00:01\.500\nสวัสดีครับนักเรียน\n/);
});

test('the transcript: read, search, jump; the present line is marked', async () => {
  await openLesson(page);
  await page.locator('.captions > .button').first().click();
  const lines = page.locator('.transcript-lines .transcript-line');
  await lines.nth(4).waitFor();
  assert.equal(await lines.count(), LINES.length);
  await page.getByRole('searchbox', { name: texts.transcript.search }).fill('ตัวส่วน');
  await page.getByText(texts.transcript.found(1)).waitFor();
  await page.keyboard.press('Enter');
  assert.match((await page.locator('.transcript-here').textContent()) ?? '', /ตัวเศษและตัวส่วน/);
  await page.getByRole('searchbox', { name: texts.transcript.search }).fill('');
  await lines.nth(3).click();
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) >= 6);
  await page.locator('.transcript-line[aria-current=true]').waitFor();
});

test('the lines are on the picture, and over a still', async () => {
  await page.getByLabel(texts.transcript.onPicture).check();
  const showing = (): Promise<string> =>
    page.evaluate(() => {
      const track = [...document.querySelector('video')!.textTracks].find((item) => item.mode === 'showing');
      return [...(track?.activeCues ?? [])].map((cue) => (cue as VTTCue).text).join();
    });
  await page.locator('.transcript-line').first().click();
  await page.waitForFunction(() => {
    const video = document.querySelector('video')!;
    return [...video.textTracks].some((track) => track.mode === 'showing' && (track.activeCues?.length ?? 0) > 0);
  });
  assert.ok(LINES.includes(await showing()));
  await page.locator('.player-stage video').focus();
  await page.keyboard.press('c');
  const box = page.getByLabel(texts.transcript.onPicture);
  await page.waitForFunction((element) => !(element as HTMLInputElement).checked, await box.elementHandle());
  await page.keyboard.press('c');
  await page.waitForFunction((element) => (element as HTMLInputElement).checked, await box.elementHandle());
  await page.locator('input[name=rung][value=voice]').check();
  await page.locator('.player-still').waitFor();
  await page.locator('.transcript-line').nth(2).click();
  await page.waitForFunction(
    (line) => document.querySelector('.caption-lines')?.textContent === line,
    LINES[2],
    { timeout: 60_000 },
  );
  await page.evaluate(() => document.querySelector('video')!.pause());
  await page.locator('input[name=rung][value=medium]').check();
});

test('editing: text, times, split, undo; what is not saved survives a reload', async () => {
  await openLesson(page);
  await openEditor();
  await page.locator('.cue-list .transcript-line').nth(1).click();
  const area = page.locator('.cue-text');
  await area.fill('วันนี้เราเรียน เศษส่วน & ทศนิยม');
  await page.locator('input[name=start]').fill('2.25');
  await page.keyboard.press('Enter');
  await area.focus();
  await area.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(14, 14));
  await page.keyboard.press('Alt+Enter');
  await page.locator('.cue-list li').nth(LINES.length).waitFor();
  await button(texts.editor.undo).click();
  await page.locator('.cue-list li').nth(LINES.length).waitFor({ state: 'detached' });
  await button(texts.editor.redo).click();
  await page.locator('.cue-list li').nth(LINES.length).waitFor();
  await page.getByText(texts.editor.unsaved).waitFor();
  await openLesson(page);
  await openEditor();
  await page.getByText(texts.editor.restored).waitFor();
  assert.equal(await page.locator('.cue-list li').count(), LINES.length + 1);
  await page.locator('.player-start').click();
  await page.locator('.cue-list .transcript-line').nth(3).click();
  await page.getByRole('button', { name: texts.editor.play }).click();
  await page.waitForFunction(() => {
    const video = document.querySelector('video')!;
    const showing = [...video.textTracks].filter((track) => track.mode === 'showing');
    return showing.length === 1 && (showing[0]!.activeCues?.length ?? 0) > 0;
  });
  await page.locator('.cue-editor').evaluate((article) => article.scrollIntoView());
  await takeScreenshot(page, 'captions-desktop');
  await button(texts.editor.save).click();
  await page.getByText(texts.editor.saved, { exact: true }).waitFor();
  assert.match(await readText('th'), /00:00:02\.250 --> [\d:.]+\nวันนี้เราเรียน\n\n[\d:.]+ --> 00:00:03\.500\nเศษส่วน &amp; ทศนิยม\n/);
});

test('two people at once: nothing is lost, and earlier texts can be taken back', async () => {
  await page.locator('.cue-list .transcript-line').first().click();
  await page.locator('.cue-text').fill('ของฉัน');
  await callApi(daemon, `lessons/${lesson.id}/captions/th`, {
    method: 'PUT',
    headers: { 'Content-Type': 'text/vtt', 'If-Match': '*' },
    body: 'WEBVTT\n\n00:01.000 --> 00:02.000\nของเขา\n',
  });
  await button(texts.editor.save).click();
  await page.getByText(texts.conflict.heading).waitFor();
  assert.match(await readText('th'), /ของเขา/);
  await button(texts.conflict.mine).click();
  await page.getByText(texts.editor.saved, { exact: true }).waitFor();
  assert.match(await readText('th'), /ของฉัน/);
  await page.getByText(texts.versions.heading, { exact: true }).click();
  await page.locator('.caption-versions button').first().click();
  await page.getByText(texts.versions.loaded).waitFor();
  assert.match((await page.locator('.cue-list').textContent()) ?? '', /ของเขา/);
  await button(texts.editor.undo).click();
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('.cue-text')?.value === 'ของฉัน');
});

test('a machine draft says so until a person approves it', async () => {
  await page.locator('.caption-choice select').selectOption('en');
  await button(texts.machine.start).click();
  await page.getByText(texts.machine.done).waitFor({ timeout: 60_000 });
  const context = await openContext(browser, daemon, { viewport: PHONE });
  const visitor = await context.newPage();
  await openLesson(visitor);
  await visitor.getByRole('button', { name: texts.languages.en! }).click();
  await visitor.getByText(texts.transcript.draftHelp).waitFor();
  assert.equal(await visitor.getByRole('button', { name: texts.transcript.edit }).count(), 0);
  assert.deepEqual(await findOverflow(visitor), []);
  assert.deepEqual(await findFaults(visitor), []);
  await button(texts.editor.approve).click();
  await button(texts.editor.approve).waitFor({ state: 'detached' });
  await openLesson(visitor);
  await visitor.getByRole('button', { name: texts.languages.en! }).click();
  assert.equal(await visitor.getByText(texts.transcript.draftHelp).count(), 0);
  assert.match(await readText('en'), /hello from en/);
  await context.close();
});

test('deleted captions can be taken back', async () => {
  await button(texts.editor.remove_all).click();
  await page.getByText(texts.editor.removed).waitFor();
  assert.match(await readText('en'), /not-found/);
  await page.getByText(texts.versions.heading, { exact: true }).click();
  await page.locator('.caption-versions button').first().click();
  await button(texts.editor.save).click();
  await page.getByText(texts.editor.saved, { exact: true }).waitFor();
  assert.match(await readText('en'), /hello from en/);
});

test('the editor on a phone and with assistive technology', async () => {
  await page.setViewportSize(PHONE);
  await page.locator('.cue-list .transcript-line, .cue-open').first().waitFor();
  assert.deepEqual(await findOverflow(page), []);
  assert.deepEqual(await findFaults(page), []);
});

test('no page reported a script error or a breach of the content policy', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});
