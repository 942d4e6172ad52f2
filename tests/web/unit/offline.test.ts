// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pure parts of keeping lessons: the check sum that goes on, ranges out of blocks, and which files a
// rung needs, with hostile lesson.json too.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { KEPT_HEADER as BUDGET_HEADER } from '../../../web/src/lib/budget';
import type { Lesson } from '../../../web/src/lib/types';
import { KEPT_HEADER } from '../../../web/src/offline/header';
import { cleanLesson, listFiles, makeCopy, mergeLesson, parseManifest, PlanError } from '../../../web/src/offline/plan';
import { listParts, readRange } from '../../../web/src/offline/ranges';
import { Sha256 } from '../../../web/src/offline/sha256';
import { runTests, test } from '../tap';

const ID = '01234567-89ab-7000-8000-000000000000';

function makeBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7919 + (i >> 8)) & 255);
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

test('SHA-256 agrees with node whatever the pieces, and goes on from a saved state', () => {
  for (const count of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 70_001]) {
    const bytes = makeBytes(count);
    for (const piece of [1, 3, 64, 100, 4096]) {
      const sum = new Sha256();
      for (let at = 0; at < count; at += piece) sum.update(bytes.subarray(at, at + piece));
      assert.equal(sum.finish(), digest(bytes), `${count} bytes by ${piece}`);
    }
  }
  const bytes = makeBytes(300_000);
  const first = new Sha256();
  first.update(bytes.subarray(0, 262_144));
  const state = JSON.parse(JSON.stringify(first.save())) as number[];
  const second = new Sha256(state, 262_144);
  second.update(bytes.subarray(262_144));
  assert.equal(second.finish(), digest(bytes));
  first.update(bytes.subarray(0, 5));
  assert.throws(() => first.save());
});

test('ranges are read as RFC 9110 says', () => {
  assert.equal(readRange(null, 100), 'whole');
  assert.deepEqual(readRange('bytes=0-9', 100), { start: 0, end: 9 });
  assert.deepEqual(readRange('bytes=90-', 100), { start: 90, end: 99 });
  assert.deepEqual(readRange('bytes=90-1000', 100), { start: 90, end: 99 });
  assert.deepEqual(readRange('bytes=-5', 100), { start: 95, end: 99 });
  assert.deepEqual(readRange('bytes=-500', 100), { start: 0, end: 99 });
  assert.equal(readRange('bytes=100-', 100), 'none');
  assert.equal(readRange('bytes=-0', 100), 'none');
  for (const odd of ['bytes=5-4', 'bytes=-', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b', 'bytes=0-99999999999999999999']) {
    assert.equal(readRange(odd, 100), 'whole', odd);
  }
});

test('blocks of every span give exactly its bytes', () => {
  const bytes = makeBytes(50);
  const blocks = [bytes.subarray(0, 16), bytes.subarray(16, 32), bytes.subarray(32, 48), bytes.subarray(48)];
  for (let start = 0; start < 50; start += 1) {
    for (let end = start; end < 50; end += 1) {
      const got = listParts({ start, end }, 16).flatMap((part) => [...blocks[part.index]!.subarray(part.from, part.to)]);
      assert.deepEqual(got, [...bytes.subarray(start, end + 1)]);
    }
  }
});

const sum = (letter: string): string => letter.repeat(64);
const file = (name: string, bytes: number, letter: string): unknown => ({ name, bytes, sha256: sum(letter) });
const rung = (name: string, media: string, bytes: number, letter: string): unknown => ({
  name, file: media, playlist: `${name}.m3u8`, bytes, sha256: sum(letter),
});

const MANIFEST = {
  rungs: [
    rung('voice', 'voice.aaaaaaaa.mp4', 700, 'a'),
    rung('voice-opus', 'voice-opus.bbbbbbbb.mp4', 400, 'b'),
    rung('small', 'small.cccccccc.mp4', 9000, 'c'),
    { name: 'large', code: 'out-of-memory' },
    { name: 'slides', file: 'slides.vtt', playlist: null, bytes: 31, sha256: null },
  ],
  files: [
    file('index.m3u8', 10, 'd'), file('voice.m3u8', 11, 'e'), file('voice-opus.m3u8', 12, 'f'), file('small.m3u8', 13, '1'),
    file('poster.webp', 14, '2'), file('poster.88888888.webp', 14, '2'), file('slides.vtt', 15, '3'), file('slides/0001.44444444.webp', 16, '4'),
    file('waveform.55555555.json', 17, '5'), file('captions/th.vtt', 18, '6'), file('storyboard.vtt', 19, '7'),
  ],
};

function names(name: string, sound: string | null): string[] {
  return listFiles(ID, parseManifest(MANIFEST), name, sound, 'poster.webp').files.map((item) => item.name);
}

test('a rung is kept with what playing it needs, and no more', () => {
  assert.deepEqual(names('small', 'voice-opus'), ['small.m3u8', 'poster.webp', 'captions/th.vtt', 'small.cccccccc.mp4']);
  assert.deepEqual(names('slides', 'voice-opus'), [
    'voice-opus.m3u8', 'poster.webp', 'slides.vtt', 'slides/0001.44444444.webp', 'captions/th.vtt', 'voice-opus.bbbbbbbb.mp4',
  ]);
  assert.deepEqual(names('voice', 'voice'), [
    'voice.m3u8', 'poster.webp', 'waveform.55555555.json', 'captions/th.vtt', 'voice.aaaaaaaa.mp4',
  ]);
  for (const [name, sound] of [['large', 'voice'], ['medium', 'voice'], ['slides', null], ['voice', null]] as const) {
    assert.throws(() => names(name, sound), PlanError, name);
  }
});

test('files that never change are shared by copies, the others belong to one', () => {
  const slides = listFiles(ID, parseManifest(MANIFEST), 'slides', 'voice-opus', 'poster.webp');
  const voice = listFiles(ID, parseManifest(MANIFEST), 'voice', 'voice-opus', 'poster.webp');
  const keyOf = (plan: typeof slides, name: string): string => plan.files.find((item) => item.name === name)!.key;
  assert.notEqual(slides.key, voice.key);
  assert.equal(keyOf(slides, 'voice-opus.bbbbbbbb.mp4'), keyOf(voice, 'voice-opus.bbbbbbbb.mp4'));
  assert.notEqual(keyOf(slides, 'poster.webp'), keyOf(voice, 'poster.webp'));
});

test('a hostile lesson.json is refused', () => {
  const odd: unknown[] = [
    null, 1, [], {}, { rungs: [], files: 1 }, { rungs: 1, files: [] }, { rungs: [], files: [null] },
    { rungs: [], files: [file('../x', 1, 'a')] }, { rungs: [], files: [file('/etc/passwd', 1, 'a')] },
    { rungs: [], files: [file('a/b/c', 1, 'a')] }, { rungs: [], files: [file('.hidden', 1, 'a')] },
    { rungs: [], files: [file('a?b', 1, 'a')] }, { rungs: [], files: [file('x'.repeat(200), 1, 'a')] },
    { rungs: [], files: [file('a', -1, 'a')] }, { rungs: [], files: [file('a', 1.5, 'a')] },
    { rungs: [], files: [file('a', 2 ** 50, 'a')] }, { rungs: [], files: [{ name: 'a', bytes: 1, sha256: 'short' }] },
    { rungs: [{ name: 'small', file: 'small.mp4', playlist: 'small.m3u8', bytes: 1, sha256: null }], files: [] },
  ];
  for (const json of odd) assert.throws(() => parseManifest(json), PlanError, JSON.stringify(json));
});

function makeLesson(): Lesson {
  return {
    id: ID, title: 'เศษส่วน', description: '', language: 'th', state: 'encoding', complete: false, visibility: 'public',
    duration_ms: 1000, created_ms: 1, published_ms: 2, owner: { id: ID, name: 'ครู' }, poster: `/lessons/${ID}/poster.webp`,
    rungs: MANIFEST.rungs.map((item) => ({
      name: (item as { name: string }).name, bytes: 1, bandwidth_bps: 1, codecs: '', width: null, height: null, url: '/x', error: null,
    })),
    slides: { count: 1, vtt: '/lessons/x/slides.vtt', pdf: '/p' },
    job: { permille: 1, stage: null, state: 'running' }, error: null, warnings: [{ code: 'x', sentence: 'y' }], may_edit: true, etag: '"1"',
  };
}

test('what belongs to a person or a moment is not kept; several copies play as one lesson', () => {
  const lesson = makeLesson();
  const clean = cleanLesson(lesson) as unknown as Record<string, unknown>;
  for (const name of ['may_edit', 'etag', 'received_bytes']) assert.ok(!(name in clean), name);
  assert.deepEqual([clean.job, clean.warnings, clean.complete, clean.state], [null, [], true, 'published']);
  const manifest = parseManifest(MANIFEST);
  const small = makeCopy(lesson, manifest, 'small', 'voice-opus', 1);
  const slides = makeCopy(lesson, manifest, 'slides', 'voice-opus', 2);
  assert.deepEqual(small.rungs.map((item) => item.name), ['small']);
  assert.equal(small.bytes, 13 + 14 + 18 + 9000);
  assert.equal(mergeLesson([]), null);
  assert.equal(mergeLesson([small])?.slides, null);
  const both = mergeLesson([slides, small])!;
  assert.deepEqual(both.rungs.map((item) => item.name).sort(), ['slides', 'small', 'voice-opus']);
  assert.notEqual(both.slides, null);
  assert.equal(both.kept_only, true);
});

test('the player and the worker mean the same header', () => {
  assert.equal(KEPT_HEADER, BUDGET_HEADER);
});

await runTests();
