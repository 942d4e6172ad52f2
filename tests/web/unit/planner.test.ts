// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The buffer planner: how far ahead, and which bytes next. And the pace of uploads.

import assert from 'node:assert/strict';
import { chooseAhead, findWanted, mixSpeed, planRequest } from '../../../web/src/player/planner';
import type { Segment } from '../../../web/src/player/segments';
import { LARGEST_CHUNK, mixRate, nextChunkSize, SMALLEST_CHUNK } from '../../../web/src/upload/pace';
import { runTests, test } from '../tap';

function makeSegments(count: number, seconds = 4, bytes = 1000): Segment[] {
  return Array.from({ length: count }, (_, i) => ({
    start: i * seconds,
    duration: seconds,
    offset: 900 + i * bytes,
    bytes,
  }));
}

const LINK = { bytesPerSecond: null, rungBytesPerSecond: 10_000, rate: 1, frugal: false };

test('a fast link holds little ahead, a weak one much', () => {
  const ahead = [100_000, 25_000, 13_000, 9000].map((bytesPerSecond) =>
    chooseAhead({ ...LINK, bytesPerSecond }),
  );
  assert.deepEqual(ahead, [16, 30, 60, 120]);
});

test('saving data halves it, double speed doubles it', () => {
  assert.equal(chooseAhead({ ...LINK, bytesPerSecond: 13_000, frugal: true }), 30);
  assert.equal(chooseAhead({ ...LINK, bytesPerSecond: 50_000, rate: 2 }), 60);
});

test('asks for the missing segments in the window as one range', () => {
  const plan = planRequest(makeSegments(100), [{ start: 0, end: 8 }], 1, 16);
  assert.deepEqual(plan, { first: 2, last: 4, offset: 2900, end: 5899 });
});

test('asks for nothing while enough is there', () => {
  assert.equal(planRequest(makeSegments(100), [{ start: 0, end: 16 }], 1, 16), null);
});

test('asks for nothing at the end', () => {
  const segments = makeSegments(3);
  assert.equal(planRequest(segments, [{ start: 0, end: 11.98 }], 5, 60), null);
  assert.equal(findWanted(segments, [{ start: 0, end: 11.98 }], 5), 3);
});

test('begins at the segment of the playhead after a seek, and stops at what is held', () => {
  const held = [
    { start: 0, end: 8 },
    { start: 52, end: 60 },
  ];
  const plan = planRequest(makeSegments(100), held, 45, 60);
  assert.deepEqual([plan?.first, plan?.last], [11, 12]);
});

test('never joins bytes that do not follow each other', () => {
  const segments = makeSegments(4);
  segments[2]!.offset += 5;
  const plan = planRequest(segments, [], 0, 60);
  assert.deepEqual([plan?.first, plan?.last], [0, 1]);
});

test('an edge one frame of sound short still counts as held', () => {
  assert.equal(findWanted(makeSegments(10), [{ start: 0.02, end: 3.97 }], 0), 1);
});

test('measures in long transfers, not in short ones', () => {
  assert.equal(mixSpeed(null, 500, 1), null);
  assert.equal(mixSpeed(null, 50_000, 1), 50_000);
  const little = mixSpeed(50_000, 4000, 1)!;
  const much = mixSpeed(50_000, 400_000, 100)!;
  assert.ok(little > 40_000 && much < 25_000, `${little} ${much}`);
});

test('upload pieces grow on a good line and shrink on a bad one, within bounds', () => {
  assert.equal(nextChunkSize(SMALLEST_CHUNK, 1), SMALLEST_CHUNK * 2);
  assert.equal(nextChunkSize(SMALLEST_CHUNK, 60), SMALLEST_CHUNK);
  assert.equal(nextChunkSize(LARGEST_CHUNK, 0.1), LARGEST_CHUNK);
  assert.equal(nextChunkSize(SMALLEST_CHUNK * 4, 4), SMALLEST_CHUNK * 4);
  assert.equal(mixRate(null, 1000, 2), 500);
  assert.equal(mixRate(500, 1000, 10), 100);
});

await runTests();
