// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads every playlist of a folder with hls-parser in strict mode and follows its names: node playlists.mjs WEB FOLDER.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [web, folder] = process.argv.slice(2);
const HLS = createRequire(path.resolve(web, 'package.json'))('hls-parser');
HLS.setOptions({ strictMode: true });

function fail(name, why) {
  process.stderr.write(`${name}: ${why}\n`);
  process.exitCode = 1;
}

function checkMedia(name, playlist) {
  let end = 0;
  for (const segment of playlist.segments) {
    const size = fs.statSync(path.join(folder, segment.uri)).size;
    const { offset, length } = segment.byterange;
    if (offset < end || offset + length > size) fail(name, `bytes ${offset}+${length} of ${size}`);
    if (segment.duration > playlist.targetDuration + 0.5) fail(name, `${segment.duration} s`);
    if (!segment.map) fail(name, 'no EXT-X-MAP');
    end = offset + length;
  }
  if (!playlist.endlist || playlist.segments.length === 0) fail(name, 'not whole');
}

function checkMultivariant(name, playlist) {
  for (const variant of playlist.variants) {
    if (variant.uri.includes('/')) fail(name, `${variant.uri} is not beside it`);
    if (!fs.existsSync(path.join(folder, variant.uri))) fail(name, `${variant.uri} is missing`);
    if (!variant.codecs || variant.averageBandwidth > variant.bandwidth) fail(name, variant.uri);
  }
  if (playlist.variants.length === 0) fail(name, 'empty');
}

const names = fs.readdirSync(folder).filter((name) => name.endsWith('.m3u8'));
for (const name of names) {
  try {
    const playlist = HLS.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
    if (playlist.isMasterPlaylist) checkMultivariant(name, playlist);
    else checkMedia(name, playlist);
  } catch (error) {
    fail(name, error.message);
  }
}
if (names.length < 2) fail(folder, 'too few playlists');
