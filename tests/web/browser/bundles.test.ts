// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Published bundles as plain folders: the packaging rules, and every rung to its end in the feeder, hls.js and shaka, in
// ffmpeg and in GStreamer's playbin3, frames counted. Arguments: the daorian executable, which then imports lessons made
// here; or, by hand, any number of bundles or folders of bundles. DAORIAN_PLAY_RATE sets how fast they are played.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { runTests, test } from '../tap';
import { launchBrowser, pageFaults } from './browser';
import { prepareDaemon, sweepDaemon, type Daemon } from './daemon';
import { serveFolder } from './folder';
import { decodeAll, playRung, playWithGStreamer, type BundleRung, type PlayerName } from './players';

const RATE = Number(process.env.DAORIAN_PLAY_RATE ?? 4);
const PLAYERS: PlayerName[] = ['feeder', 'hls.js', 'shaka'];
const web = process.env.DAORIAN_WEB!;
const tools = resolve(web, '../tools');

/** What lessons are made of here: `ffmpeg` arguments for each. */
const LESSONS: Record<string, string> = {
  // Slides that stand still, then change; a tone.
  slides:
    '-f lavfi -i color=c=0xf6f3e7:s=640x360:r=25:d=7,drawbox=60:60:200:40:0x1d2b64:fill,' +
    'drawbox=60:140:400:30:0x24304f:fill:enable=gt(t\\,3),drawbox=60:200:300:30:0x24304f:fill:enable=gt(t\\,5.2) ' +
    '-f lavfi -i sine=440:d=7',
  // A camera's picture, upright, in stereo; the sound ends early.
  camera:
    '-f lavfi -i life=s=202x360:r=30000/1001:mold=10:death_color=#304050:life_color=#80a040 ' +
    '-f lavfi -i sine=300:d=4.2 -ac 2 -t 5.3',
  silent: '-f lavfi -i testsrc2=s=320x180:r=10:d=4.45',
  spoken: '-f lavfi -i sine=200:d=5.1,tremolo=f=4 -vn',
};

function makeLesson(folder: string, name: string): string {
  const path = join(folder, `${name}.mkv`);
  const coders = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const done = spawnSync('ffmpeg', ['-v', 'error', '-y', ...LESSONS[name]!.split(' '), ...coders, path], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(done.status, 0, done.stderr);
  return path;
}

function findBundles(folder: string): string[] {
  if (existsSync(join(folder, 'lesson.json'))) return [folder];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'lesson.json')));
}

const given = process.argv.slice(2).map((path) => resolve(path));
const daemon: Daemon | null = statSync(given[0]!).isFile() ? prepareDaemon(given[0]!, { administrator: false }) : null;
const scratch = mkdtempSync(join(tmpdir(), 'daorian-bundles-'));
const browser = await launchBrowser();
let bundles = daemon ? [] : given.flatMap(findBundles);

/** The rungs that are media; slides are a list of pictures. */
function readRungs(bundle: string): BundleRung[] {
  const { rungs } = JSON.parse(readFileSync(join(bundle, 'lesson.json'), 'utf8')) as { rungs: BundleRung[] };
  return rungs.filter((rung) => rung.file.endsWith('.mp4'));
}

/** Pictures of a rung; the last one may be shown for a shorter time than the others. */
function countWanted(rung: BundleRung): number {
  return rung.frame_rate ? Math.ceil((rung.duration_ms / 1000) * rung.frame_rate - 0.05) : 0;
}

/** Runs a check on every rung of every bundle; all of them, even after one failed. */
async function onEveryRung(check: (bundle: string, rung: BundleRung) => void | Promise<void>): Promise<void> {
  const faults: string[] = [];
  assert.ok(bundles.length > 0);
  for (const bundle of bundles) {
    for (const rung of readRungs(bundle)) {
      try {
        await check(bundle, rung);
      } catch (error) {
        faults.push(`${basename(bundle)}, ${rung.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  assert.deepEqual(faults, []);
}

test('there are lessons', () => {
  if (daemon) {
    const files = Object.keys(LESSONS).map((name) => makeLesson(daemon.folder, name));
    const ids = daemon.run(['import', '--wait', ...files]).trim().split('\n');
    assert.equal(ids.length, files.length);
    bundles = ids.map((id) => join(daemon.folder, 'data', 'lessons', id));
  }
  for (const bundle of bundles) {
    const rungs = readRungs(bundle).map((rung) => `${rung.name} ${Math.round(rung.bytes / 1000)}k`);
    process.stdout.write(`# ${basename(bundle)}: ${rungs.join(', ')}\n`);
  }
}, 900);

function checkRules(folders: readonly string[]): { status: number | null; text: string } {
  const done = spawnSync('python3', [join(tools, 'check_bundle.py'), ...folders], { encoding: 'utf8', timeout: 600_000 });
  return { status: done.status, text: `${done.stdout}${done.stderr}` };
}

test('the packaging rules hold', () => {
  const { status, text } = checkRules(bundles);
  assert.equal(status, 0, text);
}, 600);

test('the checker sees what breaks a rule', () => {
  const copy = join(scratch, 'broken');
  const rung = readRungs(bundles[0]!).find((item) => item.codecs.startsWith('avc1'))!;
  const alter = (name: string, change: (content: Buffer) => Buffer): string => {
    rmSync(copy, { recursive: true, force: true });
    cpSync(bundles[0]!, copy, { recursive: true });
    writeFileSync(join(copy, name), change(readFileSync(join(copy, name))));
    return checkRules([copy]).text;
  };
  const text = (from: string | RegExp, to: string) => (content: Buffer) => Buffer.from(content.toString().replace(from, to));
  const late = (content: Buffer): Buffer => {
    content.writeUInt32BE(1, content.lastIndexOf('tfdt') + 12);
    return content;
  };
  assert.match(alter(rung.file, late), /goes on at/);
  assert.match(alter(rung.playlist, text(/#EXTINF:\d+/, '#EXTINF:99')), /not those of the index/);
  assert.match(alter('lesson.json', text(rung.codecs.slice(0, 11), 'avc1.640032')), /codecs avc1\.640032/);
  assert.match(alter('index.m3u8', text(rung.playlist, 'other.m3u8')), /names other rungs/);
  assert.match(alter(`${rung.name}.iframes.m3u8`, text('-ONLY', '')), /EXT-X-I-FRAMES-ONLY/);
});

test('a strict parser finds no fault in any playlist', () => {
  for (const bundle of bundles) {
    const script = resolve(web, '../tests/server/flows/playlists.mjs');
    const done = spawnSync(process.execPath, [script, web, bundle], { encoding: 'utf8', timeout: 60_000 });
    assert.equal(done.status, 0, `${bundle}: ${done.stderr}`);
  }
});

test('ffmpeg decodes every rung from its playlist, frames counted', async () => {
  await onEveryRung((bundle, rung) => {
    const decoded = decodeAll(join(bundle, rung.playlist));
    assert.equal(decoded.video, countWanted(rung));
    assert.ok(decoded.audio > 0, 'no sound');
  });
}, 3600);

test('playbin3 plays every rung, frames counted', async () => {
  await onEveryRung((bundle, rung) => {
    const played = playWithGStreamer(join(bundle, rung.file), scratch);
    assert.equal(played.video, countWanted(rung));
    assert.ok(Math.abs(played.audio / 48 - rung.duration_ms) < 100, `${played.audio / 48} ms of sound`);
  });
}, 3600);

for (const player of PLAYERS) {
  test(`${player} plays every rung to its end, frames counted`, async () => {
    await onEveryRung(async (bundle, rung) => {
      const folder = await serveFolder(bundle);
      const page = await browser.newPage();
      try {
        const played = await playRung(page, folder.url, rung, player, RATE);
        const { frames, time, duration } = played;
        const text = `${JSON.stringify(played)} of ${rung.duration_ms} ms, ${countWanted(rung)} frames`;
        assert.ok(Math.abs(time - duration) < 0.2, text);
        assert.ok(Math.abs(duration * 1000 - rung.duration_ms) < 100, text);
        assert.ok(Math.abs(frames - countWanted(rung)) <= 1, text);
      } finally {
        await page.close();
        folder.close();
      }
    });
  }, 7200);
}

test('no page reported an error', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
  if (daemon) await sweepDaemon(daemon);
});
