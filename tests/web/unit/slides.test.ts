// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Slides, storyboard and waveform as they are read; which still is fetched when.

import assert from 'node:assert/strict';
import { findStill, groupStills, isPlainName, parseSlides, planStill, type Still } from '../../../web/src/player/slides';
import { parseStoryboard } from '../../../web/src/player/storyboard';
import { foldPeaks, parsePeaks } from '../../../web/src/player/waveform';
import { runTests, test } from '../tap';

const VTT = `\uFEFFWEBVTT

NOTE of somebody

1
00:00.000 --> 00:00:09.500 align:start
slides/0001.0a1b2c3d.webp

00:00:09.500 --> 00:00:14.000
slides/0002.0a1b2c3d.webp
grows

00:00:14.000 --> 01:00:00.000\r
slides/0003.0a1b2c3d.webp\r
`;

test('reads stills, times and builds', () => {
  const stills = parseSlides(VTT);
  assert.deepEqual(stills, [
    { start: 0, end: 9.5, file: 'slides/0001.0a1b2c3d.webp', grows: false },
    { start: 9.5, end: 14, file: 'slides/0002.0a1b2c3d.webp', grows: true },
    { start: 14, end: 3600, file: 'slides/0003.0a1b2c3d.webp', grows: false },
  ]);
  assert.deepEqual(groupStills(stills), [
    { first: 0, last: 1 },
    { first: 2, last: 2 },
  ]);
  assert.deepEqual([-1, 0, 9.4, 9.5, 13, 14, 9999].map((time) => findStill(stills, time)), [0, 0, 0, 1, 1, 2, 2]);
});

test('leaves out what makes no sense and refuses what is no list', () => {
  const cue = (times: string, name: string): string => `WEBVTT\n\n${times}\n${name}\n\n00:01.000 --> 00:02.000\nok.webp\n`;
  const left = (text: string): string[] => parseSlides(text).map((still) => still.file);
  for (const name of ['../x.webp', '/etc/passwd', 'https://x/y.webp', '//x/y', 'a/../../b', '', 'javascript:1', 'a b']) {
    assert.deepEqual(left(cue('00:00.000 --> 00:01.000', name)), ['ok.webp'], name);
    assert.equal(isPlainName(name), false, name);
  }
  for (const times of ['00:05.000 --> 00:01.000', '0:0 --> 0:1', '00:00.000 -> 00:01.000', 'x']) {
    assert.deepEqual(left(cue(times, 'a.webp')), ['ok.webp'], times);
  }
  for (const text of ['', '#EXTM3U', 'WEBVTTX\n\n', '<html>', 'WEBVTT\n\nNOTE']) {
    assert.throws(() => parseSlides(text), Error, text);
  }
});

const still = (start: number, end: number): Still => ({ start, end, file: 'x', grows: false });
const LINK = { bytesOf: () => 16_000, speed: 8000, window: 30, rate: 1 };
const LIST = [still(0, 60), still(60, 120), still(120, 121), still(121, 200)];

test('wants the present still first, with sound for the time it takes', () => {
  const wish = planStill(LIST, new Set(), 0, LINK);
  assert.equal(wish?.index, 0);
  assert.ok(wish.ahead > 2 && wish.ahead < 6, `${wish.ahead}`);
});

test('prefetches the next one only when its time comes near', () => {
  assert.equal(planStill(LIST, new Set([0]), 0, LINK), null);
  assert.equal(planStill(LIST, new Set([0]), 45, LINK)?.index, 1);
  assert.equal(planStill(LIST, new Set([0, 1]), 45, LINK), null);
  const calm = planStill(LIST, new Set([0]), 41, LINK)!;
  const urgent = planStill(LIST, new Set([0]), 55, LINK)!;
  assert.ok(urgent.ahead < calm.ahead);
});

test('looks beyond a next one that is here already', () => {
  const quick = LIST.map((still, index) => ({ ...still, start: index * 12, end: index * 12 + 12 }));
  assert.equal(planStill(quick, new Set([0, 1]), 10.5, LINK)?.index, 2);
  assert.equal(planStill(quick, new Set([0, 1, 2]), 1, LINK), null);
});

test('passes over a still that would come too late to be seen', () => {
  assert.equal(planStill(LIST, new Set([0, 1]), 120.5, LINK)?.index, 3);
});

test('never asks for more sound than the feeder will hold', () => {
  assert.ok(planStill(LIST, new Set(), 0, { ...LINK, speed: 100, window: 16 })!.ahead <= 16 * 0.7);
});

test('reads a storyboard and leaves out what lies outside', () => {
  const text =
    'WEBVTT\n\n00:00.000 --> 00:05.000\nboard.webp#xywh=0,0,160,90\n\n' +
    '00:05.000 --> 00:10.000\nboard.webp#xywh=160,0,160,90\n\n' +
    '00:10.000 --> 00:15.000\n../board.webp#xywh=0,0,1,1\n\n00:15.000 --> 00:20.000\nboard.webp#xywh=99999,0,1,1\n';
  assert.deepEqual(
    parseStoryboard(text).map((tile) => [tile.start, tile.x, tile.width]),
    [
      [0, 0, 160],
      [5, 160, 160],
    ],
  );
});

test('reads a waveform, folds it to bars, and takes nothing else', () => {
  const peaks = parsePeaks('{"version":1,"interval_ms":1000,"peaks":[0,255,128,9999,-5,"x"]}')!;
  assert.deepEqual(peaks.peaks, [0, 255, 128, 255, 0, 0]);
  assert.deepEqual(foldPeaks(peaks, 6000, 3), [1, 1, 0]);
  for (const text of ['', '[]', '{"version":2,"interval_ms":1,"peaks":[1]}', '{"version":1,"interval_ms":0,"peaks":[1]}', '{"version":1,"interval_ms":5,"peaks":[]}']) {
    assert.equal(parsePeaks(text), null, text);
  }
});

await runTests();
