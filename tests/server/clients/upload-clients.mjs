// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// tus-js-client in node, and Uppy in Chromium from another origin, both as published, upload through
// a line that is cut again and again to a daemon that is killed three times meanwhile: what is stored
// is what was sent, and no cut costs more than one chunk. DAORIAN_TEST_LONG=1 sends 200 MB with a cut every 10 s, else 20 MB and 1 s.
// upload-clients.mjs DAORIAN UPPY-PAGE
import { createHash, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import * as tus from 'tus-js-client';

import { Daemon } from './daemon.mjs';
import { openLink } from './link.mjs';
import { uploadFromBrowser } from './uppy-browser.mjs';

const long = process.env.DAORIAN_TEST_LONG === '1';
const SIZE = long ? 200_000_000 : 20_000_000;
const CUT_MS = long ? 10_000 : 1_000;
const RATE = long ? 2_500_000 : 2_000_000;
const CHUNK = 256 * 1024;
const KILLS = 3;
const LEAST_CUTS = 5;
const LIMIT_MS = long ? 900_000 : 180_000;
const DELAYS = [0, 100, 200, 400, 800, 1600, 3200, 3200, 3200, 3200];

/** What one client did, seen at its own requests. */
class Ledger {
  constructor() {
    this.runs = [];
    this.lesson = null;
  }

  note(request) {
    const offset = request.getHeader('Upload-Offset');
    if (request.getMethod() === 'PATCH') this.runs.push(Number(offset));
  }

  hear(request, response) {
    this.lesson = response.getHeader('Daorian-Lesson') ?? this.lesson;
  }

  /** Bytes sent twice after each break in the row of chunks. */
  resent() {
    const again = [];
    for (let i = 1; i < this.runs.length; i += 1) {
      const sent = Math.min(this.runs[i - 1] + CHUNK, SIZE);
      if (this.runs[i] !== sent) again.push(sent - this.runs[i]);
    }
    return again;
  }
}

const options = (endpoint, token, ledger) => ({
  endpoint,
  chunkSize: CHUNK,
  retryDelays: DELAYS,
  headers: { Authorization: `Bearer ${token}` },
  onBeforeRequest: (request) => ledger.note(request),
  onAfterResponse: (request, response) => ledger.hear(request, response),
});

function uploadWithTus(bytes, endpoint, token, ledger) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(bytes, {
      ...options(endpoint, token, ledger),
      metadata: { filename: 'tus.bin', title: 'บทเรียนจาก tus' },
      onSuccess: () => resolve(undefined),
      onError: reject,
    });
    upload.start();
  });
}

function uploadWithUppy(bytes, endpoint, token, ledger) {
  return uploadFromBrowser({
    source: process.argv[3],
    bytes,
    endpoint,
    token,
    chunk: CHUNK,
    delays: DELAYS,
    onPatch: (offset) => {
      ledger.runs.push(offset);
    },
    onLesson: (lesson) => {
      ledger.lesson = lesson;
    },
  });
}

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
let number = 0;
let failures = 0;

function check(passed, name) {
  number += 1;
  failures += passed ? 0 : 1;
  console.log(`${passed ? 'ok' : 'not ok'} ${number} - ${name}`);
}

/** Kills the daemon each time another quarter of the file has arrived. */
async function killAlong(daemon, ledger, state) {
  for (let kill = 1; kill <= KILLS; kill += 1) {
    while (!state.done && (ledger.runs.at(-1) ?? 0) < (SIZE * kill) / (KILLS + 1))
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (state.done) return;
    await daemon.killAndStart();
  }
}

async function prove(name, send, daemon, token) {
  const bytes = randomFillSync(Buffer.alloc(SIZE));
  const ledger = new Ledger();
  const state = { done: false };
  const kills = daemon.kills;
  const link = await openLink({ upstreamPort: daemon.port, bytesPerSecond: RATE, cutEveryMs: CUT_MS });
  const endpoint = `http://127.0.0.1:${link.port}/api/v1/uploads`;
  const killing = killAlong(daemon, ledger, state);
  let error = null;
  const limit = setTimeout(() => process.exit(1), LIMIT_MS);
  await send(bytes, endpoint, token, ledger).catch((reason) => {
    error = reason;
  });
  clearTimeout(limit);
  state.done = true;
  await killing;
  link.close();
  const resent = ledger.resent();
  const most = Math.max(0, ...resent);
  console.log(`# ${name}: ${SIZE} bytes, ${link.cuts} cuts, ${daemon.kills - kills} kills, ` +
    `${resent.length} breaks, at most ${most} bytes sent again`);
  check(error === null, `${name} finishes${error ? `: ${error.message}` : ''}`);
  check(link.cuts >= LEAST_CUTS && daemon.kills - kills === KILLS, `${name} was cut and the daemon killed`);
  check(resent.every((size) => size >= 0 && size <= CHUNK), `${name} sends at most one chunk again a cut`);
  check(ledger.lesson !== null && hash(readFileSync(daemon.original(ledger.lesson))) === hash(bytes),
    `${name}: what is stored is what was sent`);
}

const daemon = new Daemon(process.argv[2]);
console.log('1..8');
try {
  const token = daemon.addStaff('somsri');
  await daemon.start();
  await prove('tus-js-client', uploadWithTus, daemon, token);
  await prove('Uppy', uploadWithUppy, daemon, token);
} finally {
  await daemon.remove();
}
process.exit(failures === 0 ? 0 : 1);
