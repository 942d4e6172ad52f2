// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The players that every rung must play in: our feeder, hls.js and shaka in Chromium, each with one rung's
// playlist; ffmpeg's and GStreamer's on the command line. All count frames.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { playAt, playToEnd, type Played } from './browser';

/** What lesson.json says of a rung. */
export interface BundleRung {
  name: string;
  playlist: string;
  file: string;
  codecs: string;
  bytes: number;
  duration_ms: number;
  bandwidth_bps: number;
  average_bandwidth_bps: number;
  width?: number;
  frame_rate?: number;
}

export type PlayerName = 'feeder' | 'hls.js' | 'shaka';

const web = createRequire(join(process.env.DAORIAN_WEB!, 'package.json'));

/** The client's own feeder as a script that sets `client`. */
async function bundleFeeder(): Promise<string> {
  interface Builder {
    build(options: object): Promise<{ outputFiles: { text: string }[] }>;
  }
  const { build } = web('esbuild') as Builder;
  const { outputFiles } = await build({
    entryPoints: [join(process.env.DAORIAN_WEB!, 'src/player/feeder.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'client',
    target: 'es2020',
    tsconfigRaw: {},
  });
  return outputFiles[0]!.text;
}

async function readScript(player: PlayerName): Promise<string> {
  if (player === 'feeder') return bundleFeeder();
  const module = player === 'shaka' ? 'shaka-player' : 'hls.js/dist/hls.light.min.js';
  return readFileSync(web.resolve(module), 'utf8');
}

async function startShaka(page: Page, url: string): Promise<void> {
  await page.evaluate(async (address) => {
    interface Player {
      attach(video: HTMLVideoElement): Promise<void>;
      configure(settings: object): boolean;
      load(url: string): Promise<void>;
    }
    const { shaka } = window as unknown as { shaka: { Player: new () => Player; polyfill: { installAll(): void } } };
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    // A picture that stands for a second on a busy machine would be left behind by a tenth of one.
    if (!player.configure({ streaming: { stallEnabled: false } })) throw new Error('shaka has no such setting');
    await player.attach(document.querySelector('video')!);
    await player.load(address);
  }, url);
}

async function startHls(page: Page, url: string): Promise<void> {
  await page.evaluate((address) => {
    interface Player {
      loadSource(url: string): void;
      attachMedia(video: HTMLVideoElement): void;
      on(event: string, handler: (name: string, data: { fatal: boolean; details: string }) => void): void;
    }
    const { Hls } = window as unknown as { Hls: new (config: object) => Player };
    // What it would pass over by a seek is an error.
    const player = new Hls({ enableWorker: false, nudgeMaxRetry: 0 });
    player.on('hlsError', (_, data) => {
      if (data.fatal) document.title = `failed: ${data.details}`;
    });
    player.loadSource(address);
    player.attachMedia(document.querySelector('video')!);
  }, url);
}

/** Gives a playlist to a player of others, on a page that has a video; it goes on however long the machine is busy. */
export async function startPlayer(page: Page, player: 'hls.js' | 'shaka', url: string): Promise<void> {
  await page.addScriptTag({ content: await readScript(player) });
  await (player === 'shaka' ? startShaka : startHls)(page, url);
}

async function startFeeder(page: Page, base: string, rung: BundleRung): Promise<void> {
  const source = {
    fileUrl: `${base}${rung.file}`,
    codecs: rung.codecs,
    hasPicture: Boolean(rung.width),
    seconds: rung.duration_ms / 1000,
    bytesPerSecond: rung.average_bandwidth_bps / 8,
    frugal: false,
  };
  await page.addScriptTag({ content: await readScript('feeder') });
  await page.evaluate((wanted) => {
    interface Client {
      Feeder: new (video: HTMLVideoElement, hooks: object) => { load(source: object, startAt: number): void };
    }
    const { client } = globalThis as unknown as { client: Client };
    const feeder = new client.Feeder(document.querySelector('video')!, {
      onRetrying: () => undefined,
      onReceived: () => undefined,
      onError: (error: Error) => {
        document.title = `failed: ${error.message}`;
      },
    });
    feeder.load(wanted, 0);
  }, source);
}

/** Plays one rung to its end at a rate, on a page of the folder's own server. */
export async function playRung(page: Page, base: string, rung: BundleRung, player: PlayerName, rate: number): Promise<Played> {
  await page.goto(base);
  if (player === 'feeder') await startFeeder(page, base, rung);
  else await startPlayer(page, player, `${base}${rung.playlist}`);
  await playAt(page, rate);
  return playToEnd(page, 30 + (rung.duration_ms * 3) / 1000);
}

/** Frames that ffmpeg's decoders make of a playlist, a number a stream; a complaint of theirs is an error. */
export function decodeAll(path: string): { video: number; audio: number } {
  const done = spawnSync(
    'ffprobe',
    ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_type,nb_read_frames', '-of', 'json', path],
    { encoding: 'utf8', timeout: 600_000 },
  );
  assert.equal(done.stderr, '', `${path}: ${done.stderr}`);
  assert.equal(done.status, 0);
  const { streams } = JSON.parse(done.stdout) as { streams: { codec_type: string; nb_read_frames?: string }[] };
  const count = (type: string): number =>
    streams.filter((s) => s.codec_type === type).reduce((sum, s) => sum + Number(s.nb_read_frames ?? 0), 0);
  return { video: count('video'), audio: count('audio') };
}

const FRAME_BYTES = 64;

/** Frames of the picture and samples of the sound that playbin3 brings to its sinks till the end. */
export function playWithGStreamer(path: string, scratch: string): { video: number; audio: number } {
  const [video, audio] = ['video', 'audio'].map((kind) => join(scratch, `${kind}.raw`));
  const small = 'videoscale ! videoconvert ! video/x-raw,format=GRAY8,width=8,height=8';
  const plain = 'audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,rate=48000';
  for (const file of [video!, audio!]) rmSync(file, { force: true });
  const done = spawnSync(
    'gst-launch-1.0',
    [
      '-q',
      'playbin3',
      `uri=file://${path}`,
      `video-sink=${small} ! filesink location=${video}`,
      `audio-sink=${plain} ! filesink location=${audio}`,
    ],
    { encoding: 'utf8', timeout: 600_000 },
  );
  assert.equal(done.status, 0, `${path}: ${done.stderr}`);
  const measure = (file: string): number => (existsSync(file) ? statSync(file).size : 0);
  return { video: measure(video!) / FRAME_BYTES, audio: measure(audio!) / 2 };
}
