// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads every playlist that window-walk prints with hls-parser in strict mode, as a player would, one after
// the other: node live-playlists.mjs WEB WALK. Prints TAP.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { createRequire } from 'node:module';

const [web, walk] = process.argv.slice(2);
const HLS = createRequire(path.resolve(web, 'package.json'))('hls-parser');
HLS.setOptions({ strictMode: true });

const failures = [];
const fail = (line, why) => failures.push(`${line.kind} after update ${line.update}: ${why}`);
const known = new Map(); // rung and number: what any playlist said of it
const newest = new Map(); // rung: the highest number told

function describe(segment) {
  const wall = segment.programDateTime?.getTime();
  return JSON.stringify([segment.discontinuitySequence, segment.gap ?? false, segment.duration, wall,
    segment.gap ? null : segment.map?.uri]);
}

function checkSegment(line, segment, rung) {
  const key = `${rung} ${segment.mediaSequenceNumber}`;
  const words = describe(segment);
  if (segment.uri !== `${rung}/${segment.mediaSequenceNumber}.m4s`) fail(line, `${segment.uri} has another number`);
  if (!segment.gap && !segment.map) fail(line, `${key} without EXT-X-MAP`);
  if (!segment.programDateTime) fail(line, `${key} without a date`);
  if ((known.get(key) ?? words) !== words) fail(line, `${key} was ${known.get(key)}, is ${words}`);
  known.set(key, words);
}

let edge = 0; // live playlists name nothing up to it: the channel rested then
let rests = 0;
let oldest = 0; // number that the whole window begins with

/* What is rewound to begins where it was asked, never goes back behind the window's end, and goes on
 * up to the live edge unless so much was not asked for. */
function checkRewound(line, playlist) {
  const numbers = playlist.segments.map((segment) => segment.mediaSequenceNumber);
  const newestNumber = newest.get('small') ?? 0;
  if (playlist.start?.offset !== 0) fail(line, 'does not say that it is played from its beginning');
  if (numbers.length === 0) return;
  if (line.kind === 'whole') {
    if (numbers[0] < oldest) fail(line, `begins at ${numbers[0]} after ${oldest}`);
    if (numbers.at(-1) !== newestNumber) fail(line, `ends at ${numbers.at(-1)}, not at ${newestNumber}`);
    oldest = numbers[0];
    return;
  }
  const seconds = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
  const longest = Math.max(...playlist.segments.map((segment) => segment.duration));
  if (numbers[0] < oldest) fail(line, `begins at ${numbers[0]}, which is gone`);
  if (seconds >= 30 + longest) fail(line, `lists ${seconds} s of 30`);
  if (seconds < 30 && numbers.at(-1) !== newestNumber) fail(line, `lists ${seconds} s and does not reach ${newestNumber}`);
}

function checkMedia(line, playlist) {
  const rung = playlist.segments[0]?.uri.split('/')[0];
  if (playlist.endlist) fail(line, 'has an end');
  if (playlist.targetDuration !== 6) fail(line, `target duration ${playlist.targetDuration}`);
  for (const segment of playlist.segments) checkSegment(line, segment, rung);
  if (line.kind === 'whole' || line.kind === 'part') checkRewound(line, playlist);
  const last = playlist.segments.at(-1)?.mediaSequenceNumber ?? 0;
  if (line.kind !== 'live' || !rung) return;
  if (last < (newest.get(rung) ?? 0)) fail(line, `went back to ${last}`);
  newest.set(rung, last);
  const seconds = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
  const first = playlist.segments[0].mediaSequenceNumber;
  if (first <= edge) fail(line, `names ${first}, from before the rest at ${edge}`);
  if (last >= 20 && last - edge >= 20 && seconds < 60) fail(line, `lists ${seconds} s`);
  if (last - edge < 20 && edge > 0 && first !== edge + 1) fail(line, `begins at ${first} after a rest at ${edge}`);
}

function checkMultivariant(line, playlist) {
  for (const variant of playlist.variants) {
    if (!variant.codecs || !variant.bandwidth || variant.averageBandwidth > variant.bandwidth) fail(line, variant.uri);
    if (variant.uri === 'small.m3u8' && variant.bandwidth !== 533) fail(line, `bandwidth ${variant.bandwidth}`);
  }
}

const lines = execFileSync(walk, { maxBuffer: 1 << 28 }).toString().trim().split('\n').map((text) => JSON.parse(text));
for (const line of lines) {
  if (line.kind === 'edge') {
    edge = Number(line.text);
    rests += edge > 0 ? 1 : 0;
    continue;
  }
  try {
    const playlist = HLS.parse(line.text);
    if (playlist.isMasterPlaylist) checkMultivariant(line, playlist);
    else checkMedia(line, playlist);
  } catch (error) {
    fail(line, error.message);
  }
}
const discontinuities = new Set([...known.values()].map((words) => JSON.parse(words)[0])).size;
const gaps = [...known.values()].filter((words) => JSON.parse(words)[1]).length;
if (newest.get('small') !== 159 || newest.get('voice') !== 159) failures.push(`ended at ${newest.get('small')}`);
if (discontinuities < 5 || gaps < 5 || rests < 4) failures.push(`the walk was too smooth: ${discontinuities}, ${gaps}`);

for (const failure of failures.slice(0, 20)) process.stdout.write(`# ${failure}\n`);
process.stdout.write(`1..1\n${failures.length ? 'not ok' : 'ok'} 1 - ${lines.length} playlists of one life\n`);
process.exitCode = failures.length ? 1 : 0;
