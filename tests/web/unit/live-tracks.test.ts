// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sounds and captions of live channels: their names, cues out of files, how another sound follows the
// picture, addresses of small pictures.

import assert from 'node:assert/strict';
import { runTests, test } from '../tap';
import { folderOf, parseSaid } from '../../../web/src/live/captions';
import { decideStep } from '../../../web/src/lib/follow';
import { scrubUrl } from '../../../web/src/live/scrub';
import { listPictures, listSubtitles } from '../../../web/src/live/subtitles';
import { liveEn } from '../../../web/src/live/texts-en';
import { liveTh } from '../../../web/src/live/texts-th';
import { chooseCaptions, nameTrack } from '../../../web/src/live/track-names';
import type { ChannelTrack } from '../../../web/src/live/types';

function make(name: string, kind: ChannelTrack['kind'], language: string): ChannelTrack {
  return { name, kind, language, purpose: 'main', number: 1, url: `/channels/dao/${name}.m3u8` };
}

test('names say the language in the reader’s own, and what it is for', () => {
  const sound = make('voice-eng', 'sound', 'eng');
  assert.equal(nameTrack(sound, liveTh, 'th'), 'อังกฤษ');
  assert.equal(nameTrack(sound, liveEn, 'en'), 'English');
  assert.equal(nameTrack({ ...sound, purpose: 'described', number: 2 }, liveEn, 'en'), 'English (described) 2');
  assert.equal(nameTrack(make('voice-und', 'sound', 'und'), liveEn, 'en'), 'Sound');
  assert.equal(nameTrack({ ...make('captions-tha-hi', 'captions', 'tha'), purpose: 'hearing' }, liveEn, 'en'),
    'Thai (hard of hearing)');
});

test('captions in the language of the page come first, else any, else none', () => {
  const tracks = [make('voice-eng', 'sound', 'eng'), make('captions-deu', 'captions', 'deu'),
    make('captions-tha', 'captions', 'tha')];
  assert.equal(chooseCaptions(tracks, 'th')?.name, 'captions-tha');
  assert.equal(chooseCaptions(tracks, 'en')?.name, 'captions-deu');
  assert.equal(chooseCaptions(tracks.slice(0, 1), 'th'), null);
  assert.equal(folderOf(tracks[2]!), '/channels/dao/captions-tha');
});

test('cues are read from what the server writes, and nonsense is none', () => {
  const text = 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900001,LOCAL:00:00:00.000\n\n'
    + '00:00:01.500 --> 00:00:03.000\nสวัสดี\nครับ\n\n00:02.000 --> 00:01.000\nback\n';
  assert.deepEqual(parseSaid(text), [{ start: 1.5, end: 3, text: 'สวัสดี\nครับ' }]);
  assert.deepEqual(parseSaid('WEBVTT\n\n'), []);
  assert.deepEqual(parseSaid('<html> --> </html>'), []);
});

test('a sound apart from its picture is pulled gently, then jumps, then begins anew', () => {
  assert.deepEqual(decideStep(10), { kind: 'none' });
  const ahead = decideStep(100);
  assert.ok(ahead.kind === 'rate' && ahead.rate < 1 && ahead.rate >= 0.95);
  const behind = decideStep(-240);
  assert.ok(behind.kind === 'rate' && behind.rate > 1 && behind.rate <= 1.05);
  assert.deepEqual(decideStep(-300), { kind: 'jump' });
  assert.deepEqual(decideStep(5000), { kind: 'anew' });
});

test('small pictures are asked for in steps', () => {
  assert.equal(scrubUrl('/channels/dao/scrub.webp', 1_000_001), '/channels/dao/scrub.webp?at=1010000');
  assert.equal(scrubUrl('/channels/dao/scrub.webp', 1_010_000), '/channels/dao/scrub.webp?at=1010000');
});

await test('subtitles to draw: what the service has comes first, what was chosen stays, sound alone has none', () => {
  const service = {
    streams: [
      { kind: 'teletext', language: 'fra' },
      { kind: 'subtitles', language: 'lao' },
      { kind: 'subtitles', language: 'tha' },
      { kind: 'subtitles', language: '' },
    ],
  };
  assert.deepEqual(listSubtitles(service, 'msa'), ['lao', 'tha', 'eng', 'msa']);
  assert.deepEqual(listSubtitles(undefined, ''), ['tha', 'eng']);
  assert.deepEqual(listPictures('voice small medium'), ['small', 'medium']);
  assert.deepEqual(listPictures('voice'), []);
});

runTests();
