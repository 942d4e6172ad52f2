// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Texts in both languages, dates, sizes and times as people read them, and files chosen again.

import assert from 'node:assert/strict';
import {
  formatBytes,
  formatClock,
  formatDate,
  formatDateTime,
  formatDuration,
  formatPercent,
  parseTime,
} from '../../../web/src/lib/format';
import { liveEn } from '../../../web/src/live/texts-en';
import { liveTh } from '../../../web/src/live/texts-th';
import { broadcastsEn } from '../../../web/src/broadcasts/texts-en';
import { broadcastsTh } from '../../../web/src/broadcasts/texts-th';
import { captionsEn } from '../../../web/src/captions/texts-en';
import { captionsTh } from '../../../web/src/captions/texts-th';
import { guideEn } from '../../../web/src/guide/texts-en';
import { guideTh } from '../../../web/src/guide/texts-th';
import { healthEn } from '../../../web/src/health/texts-en';
import { healthTh } from '../../../web/src/health/texts-th';
import { en } from '../../../web/src/texts/en';
import { lateEn } from '../../../web/src/texts/late-en';
import { lateTh } from '../../../web/src/texts/late-th';
import { staffEn } from '../../../web/src/texts/staff-en';
import { staffTh } from '../../../web/src/texts/staff-th';
import { th } from '../../../web/src/texts/th';
import { hashBytes, hashFile, isSameFile } from '../../../web/src/upload/fingerprint';
import { runTests, test } from '../tap';

type Tree = { [key: string]: unknown };

/** Every text with its path; texts with arguments are called with samples. */
function flatten(tree: Tree, path = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'string') all.set(here, value);
    else if (typeof value === 'function') {
      all.set(here, String((value as (...args: unknown[]) => unknown)('7', '8', '9')));
    } else for (const [k, v] of flatten(value as Tree, here)) all.set(k, v);
  }
  return all;
}

const PAIRS: readonly (readonly [string, Tree, Tree])[] = [
  ['learner', th, en],
  ['late', lateTh, lateEn],
  ['staff', staffTh, staffEn],
  ['captions', captionsTh, captionsEn],
  ['broadcasts', broadcastsTh, broadcastsEn],
  ['live', liveTh, liveEn],
  ['guide', guideTh, guideEn],
  ['health', healthTh, healthEn],
];

for (const [name, thai, english] of PAIRS) {
  test(`${name} texts: the same keys in both languages, none empty`, () => {
    const a = flatten(thai);
    const b = flatten(english);
    assert.deepEqual([...a.keys()].sort(), [...b.keys()].sort());
    for (const [key, text] of [...a, ...b]) assert.ok(text.trim().length > 0, key);
  });

  test(`${name} texts: Thai is Thai, English is not`, () => {
    const latin = /^(nav\.language|nav\.languageLabel)$/;
    for (const [key, text] of flatten(thai)) {
      if (!latin.test(key) && /\p{L}{3}/u.test(text)) assert.match(text, /[\u0E00-\u0E7F]/, key);
    }
    for (const [key, text] of flatten(english)) {
      if (!latin.test(key)) assert.doesNotMatch(text, /[\u0E00-\u0E7F]/, key);
    }
  });

  test(`${name} texts: arguments appear in both`, () => {
    for (const tree of [thai, english]) {
      for (const [key, text] of flatten(tree)) {
        assert.doesNotMatch(text, /undefined|NaN|\[object/, key);
      }
    }
  });
}

const NOON = Date.UTC(2026, 10, 21, 5, 30);

test('Thai dates carry the Buddhist year, English ones do not', () => {
  assert.equal(formatDate(NOON, 'th'), '21 พ.ย. 2569');
  assert.equal(formatDate(NOON, 'en'), '21 Nov 2026');
  assert.match(formatDateTime(NOON, 'th'), /^21 พ\.ย\. 2569 \d\d:\d\d น\.$/);
});

test('sizes keep the digits that help', () => {
  const sizes = [0, 999, 1000, 99_900, 100_000, 1_234_567, 9_960_000, 26_400_000, 1_250_000_000, 48e9];
  assert.deepEqual(sizes.map(formatBytes), [
    '0 B',
    '999 B',
    '1 KB',
    '100 KB',
    '0.1 MB',
    '1.2 MB',
    '10 MB',
    '26 MB',
    '1.3 GB',
    '48 GB',
  ]);
});

test('positions and lengths', () => {
  assert.deepEqual([0, 65, 3729, Number.NaN].map(formatClock), ['0:00', '1:05', '1:02:09', '0:00']);
  assert.equal(formatDuration(3_000_000, 'th'), '50 นาที');
  assert.equal(formatDuration(3_725_000, 'en'), '1 h 2 min');
  assert.equal(formatDuration(10, 'en'), '1 s');
});

test('a hundred per cent is only said at the end', () => {
  assert.deepEqual(
    [formatPercent(0, 10), formatPercent(9999, 10_000), formatPercent(10, 10), formatPercent(1, 0)],
    [0, 99, 100, 0],
  );
});

test('times of share links', () => {
  const times = ['90', '90s', '1m30s', '1h', '', 'x', '-5', null].map(parseTime);
  assert.deepEqual(times, [90, 90, 90, 3600, null, null, null, null]);
});

test('a file chosen again is known by name, size and content', async () => {
  const file = new Blob([new Uint8Array(200_000).fill(7)]);
  const other = new Blob([new Uint8Array(200_000).fill(8)]);
  const hash = await hashFile(file);
  assert.notEqual(hash, await hashFile(other));
  assert.equal(hash, await hashFile(new Blob([new Uint8Array(200_000).fill(7)])));
  assert.equal(hashBytes(new TextEncoder().encode('foobar')), 0xbf9cf968);
  const upload = { id: 'u', filename: 'a.mp4', length_bytes: 200_000 };
  assert.ok(isSameFile(upload, { name: 'a.mp4', size: 200_000 }, hash));
  assert.ok(!isSameFile(upload, { name: 'b.mp4', size: 200_000 }, hash));
  assert.ok(!isSameFile(upload, { name: 'a.mp4', size: 199_999 }, hash));
});

await runTests();
