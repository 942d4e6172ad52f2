// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pure parts of the guide and of the health page: days and times as typed, series to graph and table, and
// what a refused booking says.

import assert from 'node:assert/strict';
import { readAnswer, readClash } from '../../../web/src/guide/clash';
import { addDays, nameDay, readDay, readMoment, readSpan, startOfDay, writeDay, writeTime } from '../../../web/src/guide/days';
import { formatFigure, groupDots, listDots, roundUp, splitRuns } from '../../../web/src/health/series';
import { ApiError } from '../../../web/src/lib/api';
import { runTests, test } from '../tap';

const MINUTE = 60_000;

test('days come back as they were written, and what is no day is none', () => {
  const day = readDay('2026-02-28')!;
  assert.equal(writeDay(day), '2026-02-28');
  assert.equal(writeDay(addDays(day, 1)), '2026-03-01');
  assert.equal(startOfDay(day + 5 * 3_600_000), day);
  for (const wrong of [null, '', '2026-02-30', '2026-2-1', 'today', '2026-02-28x']) assert.equal(readDay(wrong), null, String(wrong));
  assert.equal(writeTime(readMoment('2026-02-28', '07:05')!), '07:05');
  for (const wrong of ['24:00', '7:05', '', '12:60']) assert.equal(readMoment('2026-02-28', wrong), null, wrong);
  assert.match(nameDay(day, 'th'), /2569$/);
  assert.match(nameDay(day, 'en'), /^Saturday 28 Feb 2026$/);
});

test('a time that ends before it begins ends on the next day; one that is over is refused', () => {
  const tomorrow = writeDay(addDays(startOfDay(Date.now()), 1));
  const night = readSpan(tomorrow, '23:30', '00:15')!;
  assert.equal(night.end_ms - night.start_ms, 45 * MINUTE);
  assert.equal(readSpan(tomorrow, '10:00', '11:00')!.start_ms, readMoment(tomorrow, '10:00'));
  for (const [day, from, until] of [
    ['2020-01-01', '10:00', '11:00'],
    [tomorrow, '10:00', '10:00'],
    [tomorrow, '', '11:00'],
    ['', '10:00', '11:00'],
  ] as const)
    assert.equal(readSpan(day, from, until), null, `${day} ${from} ${until}`);
});

test('a clash of tuners is told from any other refusal', () => {
  const showing = { channel: 'c', channel_name: 'n', event_id: 7, start_ms: 1, title: 'ข่าว' };
  const refuse = (status: number, document: Record<string, unknown>): ApiError => new ApiError(status, '', 'no', document);
  const clash = readClash(refuse(409, { clashes: [{ id: 'a', title: 'b', start_ms: 1 }], alternatives: [showing] }), 'x');
  assert.deepEqual(clash?.alternatives, [showing]);
  assert.equal(clash?.bookings.length, 1);
  assert.equal(readClash(refuse(409, {}), 'x'), null);
  assert.equal(readClash(refuse(409, { alternatives: 'many' }), 'x'), null);
  assert.equal(readClash(refuse(422, { alternatives: [showing] }), 'x'), null);
  assert.equal(readClash(new Error('x'), 'x'), null);
  assert.deepEqual(readAnswer({ alternatives: [showing], channels: ['ก'] }, 'x'), {
    title: 'x',
    bookings: [],
    channels: ['ก'],
    alternatives: [showing],
  });
});

test('a line is not drawn over what nobody measured', () => {
  const at = [0, 1, 2, 5, 6].map((minute) => minute * MINUTE);
  const dots = listDots(at, { name: 'x', unit: 'count', values: [1, null, 3, 4, 5] });
  assert.deepEqual(dots.map((dot) => dot.value), [1, 3, 4, 5]);
  assert.deepEqual(splitRuns(dots, MINUTE).map((run) => run.length), [1, 1, 2]);
  assert.deepEqual(splitRuns([], MINUTE), []);
});

test('groups say least, mean, most and sum, the newest first', () => {
  const dots = [1, 2, 6, 10].map((value, index) => ({ at: index * 30 * MINUTE, value }));
  const groups = groupDots(dots, (moment) => Math.floor(moment / (60 * MINUTE)) * 60 * MINUTE);
  assert.deepEqual(groups, [
    { from: 60 * MINUTE, least: 6, mean: 8, most: 10, sum: 16 },
    { from: 0, least: 1, mean: 1.5, most: 2, sum: 3 },
  ]);
});

test('the top of a graph is round and never below what it shows', () => {
  for (const value of [0.0003, 0.9, 1, 7.2, 13.4, 101, 3.3e7]) {
    const top = roundUp(value);
    assert.ok(top >= value * 0.9999 && top <= value * 2, `${value} gives ${top}`);
  }
  assert.equal(roundUp(0), 1);
  assert.equal(roundUp(13.4), 15);
});

test('figures have units that people read', () => {
  assert.equal(formatFigure(0.5, 'share'), '50%');
  assert.equal(formatFigure(0.9995, 'share'), '100%');
  assert.equal(formatFigure(32_400_000, 'bps'), '32.4 Mbit/s');
  assert.equal(formatFigure(20_300, 'bps'), '20 kbit/s');
  assert.equal(formatFigure(13.44, 'dB'), '13.4 dB');
  assert.equal(formatFigure(1500, 'ms'), '1.5 s');
  assert.equal(formatFigure(900, 'us'), '900 µs');
  assert.equal(formatFigure(1e-5, 'ratio'), '1.0e-5');
  assert.equal(formatFigure(2.345, 'ratio'), '2.35');
  assert.equal(formatFigure(40, 'count'), '40');
});

await runTests();
