// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pure part of a guide from a file: what is proposed, what is chosen twice, what has to be changed.

import assert from 'node:assert/strict';
import {
  beginChoices,
  findDoubles,
  listChanges,
  listFollowers,
  readFirst,
  sortChannels,
} from '../../../web/src/broadcasts/guide-choices';
import type { GuideSide, ImportChannel, Service } from '../../../web/src/broadcasts/types';
import { runTests, test } from '../tap';

function makeChannel(id: string, service: string | null, suggested: string | null = null): ImportChannel {
  return { id, name: id, programmes: 1, from_ms: 1, until_ms: 2, service, suggested, written: 0, removed: 0 };
}

function makeService(id: string, guide_channel: string | null, guide_first: GuideSide = 'broadcast'): Service {
  return { id, guide_channel, guide_first } as Service;
}

function writeChanges(...args: Parameters<typeof listChanges>): unknown[] {
  return listChanges(...args).map(({ service, body }) => [service.id, body]);
}

test('what was so last time stays, a suggestion is taken once, ids are never keys of an object', () => {
  const channels = [
    makeChannel('new', null, 'a'),
    makeChannel('again', null, 'a'),
    makeChannel('taken', null, 'b'),
    makeChannel('old', 'b'),
    makeChannel('__proto__', null),
  ];
  const choices = beginChoices(channels);
  assert.deepEqual(
    [...choices],
    [
      ['new', 'a'],
      ['again', ''],
      ['taken', ''],
      ['old', 'b'],
      ['__proto__', ''],
    ],
  );
  assert.deepEqual(
    sortChannels(channels, choices).map(({ id }) => id),
    ['new', 'old', 'again', 'taken', '__proto__'],
  );
});

test('a service that is chosen twice is found, what is left out is no double', () => {
  const choices = new Map([
    ['x', 'a'],
    ['y', ''],
    ['z', ''],
    ['w', 'a'],
  ]);
  assert.deepEqual([...findDoubles(choices)], ['a']);
  assert.deepEqual([...findDoubles(new Map([['x', 'a'], ['y', 'b']]))], []);
});

test('only what differs is changed', () => {
  const channels = [makeChannel('x', 'a'), makeChannel('y', null, 'b')];
  const services = [makeService('a', 'x'), makeService('b', null), makeService('c', 'of another file')];
  const choices = beginChoices(channels);
  assert.deepEqual(writeChanges(channels, services, choices, null), [['b', { guide_channel: 'y' }]]);
  assert.deepEqual(writeChanges(channels, services, choices, 'file'), [
    ['a', { guide_first: 'file' }],
    ['b', { guide_channel: 'y', guide_first: 'file' }],
  ]);
  assert.deepEqual(
    listFollowers(channels, services, choices).map(({ service, channel }) => [service.id, channel]),
    [
      ['a', 'x'],
      ['b', 'y'],
    ],
  );
});

test('left out: every service of the channel is freed, and keeps which side goes first', () => {
  const channels = [makeChannel('x', 'a')];
  const services = [makeService('a', 'x'), makeService('b', 'x')];
  assert.deepEqual(writeChanges(channels, services, new Map([['x', '']]), 'file'), [
    ['a', { guide_channel: null }],
    ['b', { guide_channel: null }],
  ]);
});

test('a second service of a channel follows while the choice is the same, and goes with another', () => {
  const channels = [makeChannel('x', 'a')];
  const services = [makeService('a', 'x'), makeService('b', 'x'), makeService('c', null)];
  assert.deepEqual(writeChanges(channels, services, beginChoices(channels), 'file'), [
    ['a', { guide_first: 'file' }],
    ['b', { guide_first: 'file' }],
  ]);
  assert.deepEqual(writeChanges(channels, services, new Map([['x', 'c']]), null), [
    ['a', { guide_channel: null }],
    ['b', { guide_channel: null }],
    ['c', { guide_channel: 'x' }],
  ]);
});

test('two channels change places', () => {
  const channels = [makeChannel('x', 'a'), makeChannel('y', 'b')];
  const services = [makeService('a', 'x'), makeService('b', 'y')];
  const swapped = new Map([
    ['x', 'b'],
    ['y', 'a'],
  ]);
  assert.deepEqual(writeChanges(channels, services, swapped, null), [
    ['a', { guide_channel: 'y' }],
    ['b', { guide_channel: 'x' }],
  ]);
});

test('which side goes first is said when all agree', () => {
  assert.equal(readFirst([]), 'broadcast');
  assert.equal(readFirst([makeService('a', 'x', 'file'), makeService('b', 'y', 'file')]), 'file');
  assert.equal(readFirst([makeService('a', 'x', 'file'), makeService('b', 'y')]), null);
});

await runTests();
