// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The caption editor's pure parts: reading and writing WebVTT, every change to a list of cues, undo, keys,
// search.

import assert from 'node:assert/strict';
import {
  changeCue,
  findAt,
  findFaults,
  insertCue,
  isSound,
  makeCue,
  mergeCue,
  plainText,
  readTime,
  readVtt,
  removeCue,
  searchCues,
  shiftCues,
  splitCue,
  toCueText,
  toTyped,
  writeTime,
  writeVtt,
  type Cue,
} from '../../../web/src/captions/cues';
import { beginHistory, canRedo, canUndo, present, redo, step, undo } from '../../../web/src/captions/history';
import { readKey } from '../../../web/src/captions/keys';
import { runTests, test } from '../tap';

const VTT = [
  'WEBVTT',
  '',
  'intro',
  '00:00:01.000 --> 00:00:02.500 line:0',
  'สวัสดี <i>ครับ</i>',
  'a &lt; b &amp; c',
  '',
  '01:00:03.000 --> 01:00:04.000',
  '<v ครู>เศษส่วน',
  '',
].join('\n');

const three = (): Cue[] => [makeCue(0, 1000, 'one'), makeCue(1000, 2000, 'two'), makeCue(3000, 4000, 'three')];
const shape = (cues: readonly Cue[]): (string | number)[][] => cues.map((cue) => [cue.start, cue.end, cue.text]);

test('what the server writes is read and written again alike', () => {
  const cues = readVtt(VTT);
  assert.deepEqual(shape(cues), [
    [1000, 2500, 'สวัสดี <i>ครับ</i>\na < b & c'],
    [3_603_000, 3_604_000, '<v ครู>เศษส่วน'],
  ]);
  assert.equal(cues[0]!.settings, 'line:0');
  const again = readVtt(writeVtt(cues));
  assert.deepEqual(shape(again), shape(cues));
  assert.match(writeVtt(cues), /a &lt; b &amp; c\n/);
  assert.deepEqual(shape(readVtt(VTT.replace(/\n/g, '\r\n'))), shape(cues));
  assert.deepEqual(readVtt('WEBVTT\n\nno times here\n'), []);
});

test('nothing that is typed can break the file', () => {
  for (const typed of ['a --> b', 'x\n\n\ny', '<script>', '1 < 2', 'R&D', '&amp;', '<b>fat</b>', '</i', '&lt;i>']) {
    const text = toCueText(typed);
    assert.doesNotMatch(text, /-->|\n\n/, typed);
    const back = readVtt(writeVtt([makeCue(0, 1, typed)]));
    assert.equal(back.length, 1, typed);
    assert.equal(toCueText(back[0]!.text), text, typed);
  }
  assert.equal(toCueText('<script>'), '&lt;script>');
  assert.equal(toCueText('<b>fat</b> & <i.x>thin</i>'), '<b>fat</b> &amp; <i.x>thin</i>');
  assert.equal(toTyped('&lt;b> 1 &lt; 2'), '&lt;b> 1 < 2');
  assert.equal(plainText('<v ครู>1 < 2</v> &amp; &lt;b>'), '1 < 2 & <b>');
});

test('times as people type them', () => {
  const typed = ['1:02.5', '62,5', '0:0:1', '1:00:00', '', 'x', '1:2:3:4', '1.5:2', '-1'];
  assert.deepEqual(typed.map(readTime), [62_500, 62_500, 1000, 3_600_000, null, null, null, null, null]);
  assert.equal(writeTime(3_661_005), '01:01:01.005');
});

test('split, merge, insert, remove, shift', () => {
  const cues = three();
  const key = cues[1]!.key;
  assert.deepEqual(shape(splitCue(cues, key, 1, null)), [
    [0, 1000, 'one'],
    [1000, 1333, 't'],
    [1333, 2000, 'wo'],
    [3000, 4000, 'three'],
  ]);
  assert.deepEqual(shape(splitCue(cues, key, 1, 1990))[1], [1000, 1900, 't'], 'neither half vanishes');
  assert.deepEqual(shape(mergeCue(cues, key)), [[0, 1000, 'one'], [1000, 4000, 'two\nthree']]);
  assert.deepEqual(shape(mergeCue(cues, cues[2]!.key)), shape(cues), 'nothing comes after the last');
  const { cues: more, key: fresh } = insertCue(cues, 2500);
  assert.deepEqual(shape(more)[2], [2500, 3000, '']);
  assert.equal(more[2]!.key, fresh);
  assert.equal(removeCue(more, fresh).length, 3);
  assert.deepEqual(shape(shiftCues(cues, -1500)), [[0, 100, 'one'], [0, 500, 'two'], [1500, 2500, 'three']]);
  assert.deepEqual(shape(changeCue(cues, cues[0]!.key, { start: 2500, end: 2600 })).map((item) => item[2]), ['two', 'one', 'three']);
  assert.deepEqual(shape(cues), shape(three()), 'the list itself is never changed');
});

test('faults, and what may be saved', () => {
  const cues = three();
  assert.ok(isSound(cues));
  assert.ok(!isSound([]));
  assert.deepEqual(findFaults(makeCue(5, 5, ' <b></b> '), undefined), ['backwards', 'blank']);
  assert.deepEqual(findFaults(makeCue(500, 5000, 'x'), cues[0]), ['overlap']);
  assert.ok(isSound([cues[0]!, makeCue(500, 5000, 'x')]), 'an overlap is allowed');
  assert.deepEqual(findFaults(makeCue(0, 25 * 3_600_000, 'x'.repeat(2001)), undefined), ['beyond', 'long']);
});

test('the present line', () => {
  const cues = three();
  assert.deepEqual([-1, 0, 999, 1000, 2500, 9999].map((ms) => findAt(cues, ms)), [-1, 0, 0, 1, 1, 2]);
  assert.equal(findAt([], 5), -1);
});

test('search finds all words, whatever their form', () => {
  const cues = [makeCue(0, 1, 'เรื่อง<b>เศษ</b>ส่วน ABC'), makeCue(1, 2, 'น้ำ'), makeCue(2, 3, 'abc')];
  assert.deepEqual(searchCues(cues, 'เศษส่วน'), [0]);
  assert.deepEqual(searchCues(cues, 'abc  เรื่อง'), [0]);
  assert.deepEqual(searchCues(cues, 'ABC'), [0, 2]);
  assert.deepEqual(searchCues(cues, 'น\u0E49\u0E4D\u0E32'), [1], 'sara am in two pieces');
  assert.deepEqual(searchCues(cues, '  '), []);
});

test('undo and redo; typing is one step', () => {
  let history = beginHistory('a');
  history = step(history, 'b', 'text 1');
  history = step(history, 'c', 'text 1');
  history = step(history, 'd');
  assert.deepEqual(history.states, ['a', 'c', 'd']);
  history = undo(history);
  assert.equal(present(history), 'c');
  assert.ok(canRedo(history));
  assert.equal(present(redo(history)), 'd');
  history = step(history, 'e', 'text 1');
  assert.deepEqual(history.states, ['a', 'c', 'e'], 'after undoing a change is a step of its own');
  history = undo(undo(undo(history)));
  assert.equal(present(history), 'a');
  assert.ok(!canUndo(history));
  for (let i = 0; i < 500; i++) history = step(history, String(i));
  assert.equal(history.states.length, 200);
  assert.equal(present(history), '499');
});

test('keys mean the same on a Thai keyboard', () => {
  const press = (code: string, more: object = {}): string | null =>
    readKey({ code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more });
  assert.equal(press('KeyZ', { ctrlKey: true }), 'undo');
  assert.equal(press('KeyZ', { metaKey: true, shiftKey: true }), 'redo');
  assert.equal(press('KeyS', { ctrlKey: true }), 'save');
  assert.equal(press('Comma', { altKey: true }), 'start');
  assert.equal(press('Enter', { altKey: true }), 'split');
  assert.equal(press('KeyZ'), null);
  assert.equal(press('KeyZ', { ctrlKey: true, altKey: true }), null);
});

await runTests();
