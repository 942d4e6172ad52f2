// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The index at the head of a rung's file: right ones in both versions, in pieces, and hostile ones.

import assert from 'node:assert/strict';
import { findSegment, guessHead, IndexError, readIndex, type FileIndex } from '../../../web/src/player/segments';
import { runTests, test } from '../tap';

function makeBox(type: string, body: Uint8Array): Uint8Array {
  const box = new Uint8Array(8 + body.length);
  new DataView(box.buffer).setUint32(0, box.length);
  box.set(new TextEncoder().encode(type), 4);
  box.set(body, 8);
  return box;
}

interface Sidx {
  version?: number;
  timescale?: number;
  first?: number;
  gap?: number;
  references?: [bytes: number, duration: number][];
  count?: number;
}

function makeSidx(options: Sidx = {}): Uint8Array {
  const { version = 1, timescale = 1000, first = 0, gap = 0 } = options;
  const references = options.references ?? [
    [500, 4000],
    [700, 4000],
    [300, 2500],
  ];
  const body = new Uint8Array(16 + (version ? 16 : 8) + 12 * references.length);
  const view = new DataView(body.buffer);
  view.setUint8(0, version);
  view.setUint32(4, 1);
  view.setUint32(8, timescale);
  if (version) {
    view.setBigUint64(12, BigInt(first));
    view.setBigUint64(20, BigInt(gap));
  } else {
    view.setUint32(12, first);
    view.setUint32(16, gap);
  }
  let at = version ? 28 : 20;
  view.setUint16(at + 2, options.count ?? references.length);
  at += 4;
  for (const [bytes, duration] of references) {
    view.setUint32(at, bytes);
    view.setUint32(at + 4, duration);
    at += 12;
  }
  return makeBox('sidx', body);
}

const HEAD = [makeBox('ftyp', new Uint8Array(20)), makeBox('moov', new Uint8Array(573))];

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function read(...parts: Uint8Array[]): FileIndex {
  const index = readIndex(join(...parts));
  assert.ok(typeof index !== 'number', `wants ${String(index)} bytes`);
  return index;
}

test('tells init, segments and their times', () => {
  const index = read(...HEAD, makeSidx({ first: 40 }), new Uint8Array(50));
  assert.equal(index.initBytes, 28 + 581);
  const head = 609 + 76;
  assert.equal(index.headBytes, head);
  assert.deepEqual(index.segments, [
    { start: 0.04, duration: 4, offset: head, bytes: 500 },
    { start: 4.04, duration: 4, offset: head + 500, bytes: 700 },
    { start: 8.04, duration: 2.5, offset: head + 1200, bytes: 300 },
  ]);
  assert.ok(Math.abs(index.duration - 10.54) < 1e-9);
});

test('reads version 0 and a gap before the first segment', () => {
  const index = read(...HEAD, makeSidx({ version: 0, gap: 16 }));
  assert.equal(index.segments[0]!.offset, index.headBytes + 16);
});

test('says how much more it needs, and never less than before', () => {
  const whole = join(...HEAD, makeSidx());
  let have = 0;
  for (let turns = 0; turns < 10; turns += 1) {
    const answer = readIndex(whole.subarray(0, have));
    if (typeof answer !== 'number') {
      assert.ok(turns <= 4, `${turns} requests`);
      return;
    }
    assert.ok(answer > have, `${answer} after ${have}`);
    have = Math.min(answer, whole.length);
  }
  assert.fail('no end');
});

test('one guess is enough for a lesson of any length', () => {
  for (const seconds of [4, 125, 3000, 20_000]) {
    const references = Array.from({ length: Math.ceil(seconds / 4) }, (): [number, number] => [9, 4000]);
    assert.ok(join(...HEAD, makeSidx({ references })).length <= guessHead(seconds, false), `${seconds} s`);
  }
});

test('refuses what is no index', () => {
  const references = (pair: [number, number]): Uint8Array => makeSidx({ references: [pair] });
  const broken: [string, Uint8Array][] = [
    ['media first', makeBox('moof', new Uint8Array(60))],
    ['size too small', Uint8Array.from([0, 0, 0, 4, 102, 116, 121, 112, 0, 0])],
    ['no timescale', makeSidx({ timescale: 0 })],
    ['more references than bytes', makeSidx({ count: 900 })],
    ['none', makeSidx({ references: [] })],
    ['no duration', references([10, 0])],
    ['no bytes', references([0, 10])],
    ['an index of indexes', references([0x80000100, 10])],
    ['times beyond numbers', makeSidx({ first: Number.MAX_SAFE_INTEGER })],
    ['a huge box', Uint8Array.from([255, 255, 255, 0, 102, 114, 101, 101, 0, 0])],
  ];
  for (const [name, bytes] of broken) {
    assert.throws(
      () => {
        const answer = readIndex(bytes);
        // A box that goes on for ever is refused when its end is asked for.
        if (typeof answer === 'number') readIndex(join(bytes, new Uint8Array(answer)));
      },
      IndexError,
      name,
    );
  }
});

test('any bytes either parse, ask for more or are refused', () => {
  const whole = join(...HEAD, makeSidx());
  let seed = 7;
  for (let round = 0; round < 3000; round += 1) {
    const bytes = whole.slice();
    for (let i = 0; i < 4; i += 1) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      bytes[seed % bytes.length] = seed >> 16;
    }
    try {
      readIndex(bytes);
    } catch (error) {
      assert.ok(error instanceof IndexError, String(error));
    }
  }
});

test('finds the segment of a time', () => {
  const { segments } = read(...HEAD, makeSidx());
  assert.deepEqual([-1, 0, 3.9, 4, 9, 99].map((time) => findSegment(segments, time)), [0, 0, 0, 1, 2, 2]);
});

await runTests();
