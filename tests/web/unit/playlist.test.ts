// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The feeder's playlist parser: what it takes, and that it refuses everything else with a reason.

import assert from 'node:assert/strict';
import { findSegment, parsePlaylist, PlaylistError } from '../../../web/src/player/playlist';
import { runTests, test } from '../tap';

const HEAD = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n';
const MAP = '#EXT-X-MAP:URI="small.0a1b2c3d.mp4",BYTERANGE="900@0"\n';
const FILE = 'small.0a1b2c3d.mp4\n';

function segment(seconds: string, range: string): string {
  return `#EXTINF:${seconds},\n#EXT-X-BYTERANGE:${range}\n${FILE}`;
}

test('reads ranges, with and without an offset', () => {
  const text = `${HEAD}${MAP}${segment('4.000', '1000@1200')}${segment('4', '500')}${segment('1.5', '70@1700')}#EXT-X-ENDLIST\n`;
  const list = parsePlaylist(text);
  assert.equal(list.uri, 'small.0a1b2c3d.mp4');
  assert.deepEqual(list.init, { offset: 0, bytes: 900 });
  assert.deepEqual(list.segments, [
    { start: 0, duration: 4, offset: 1200, bytes: 1000 },
    { start: 4, duration: 4, offset: 2200, bytes: 500 },
    { start: 8, duration: 1.5, offset: 1700, bytes: 70 },
  ]);
  assert.equal(list.duration, 9.5);
});

test('takes CRLF and tags it does not know', () => {
  const text = `${HEAD}#EXT-X-INDEPENDENT-SEGMENTS\n${MAP}${segment('2', '10@900')}`.replace(/\n/g, '\r\n');
  assert.equal(parsePlaylist(text).segments.length, 1);
});

test('refuses what it cannot play', () => {
  const bad: Record<string, string> = {
    'an empty text': '',
    'a page of HTML': '<!doctype html><title>no</title>',
    'no segments': HEAD + MAP,
    'no map': HEAD + segment('4', '10@0'),
    'two maps': HEAD + MAP + MAP + segment('4', '10@0'),
    'a map without a range': `${HEAD}#EXT-X-MAP:URI="a.mp4"\n${segment('4', '10@0')}`,
    'two files': `${HEAD}${MAP}#EXTINF:4,\n#EXT-X-BYTERANGE:10@0\nother.mp4\n`,
    'a segment without a range': `${HEAD}${MAP}#EXTINF:4,\n${FILE}`,
    'a segment without a length': `${HEAD}${MAP}#EXT-X-BYTERANGE:10@0\n${FILE}`,
    'a length of nothing': HEAD + MAP + segment('0', '10@0'),
    'a length that is no number': HEAD + MAP + segment('long', '10@0'),
    'a range that is no number': HEAD + MAP + segment('4', 'ten@0'),
    'a negative range': HEAD + MAP + segment('4', '-5@0'),
  };
  for (const [what, text] of Object.entries(bad)) {
    assert.throws(() => parsePlaylist(text), PlaylistError, what);
  }
});

test('finds the segment that holds a time', () => {
  const list = parsePlaylist(HEAD + MAP + segment('4', '10@900') + segment('4', '10') + segment('2', '10'));
  const found = [-1, 0, 3.99, 4, 7.9, 8, 9.9, 99].map((time) => findSegment(list.segments, time));
  assert.deepEqual(found, [0, 0, 0, 1, 1, 2, 2, 2]);
});

await runTests();
