// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One byte range over a real loopback server that breaks off, lies about ranges, or says no; and the
// size of the feeder as it is shipped.

import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fetchRange, TransferError } from '../../../web/src/player/transfer';
import { runTests, test } from '../tap';

const FILE = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const asked: string[] = [];
let received = 0;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

const server = createServer((request, response) => {
  asked.push(request.headers.range ?? '');
  answer(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rung.mp4`;

// The browser's events that the transfer listens to; node has none.
Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined });

function readRange(request: IncomingMessage): [number, number] {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
  return [Number(match[1]), Number(match[2])];
}

/** Answers with the range, but at most so many bytes before the line breaks. */
function serve(request: IncomingMessage, response: ServerResponse, most: number): void {
  const [from, to] = readRange(request);
  const body = FILE.subarray(from, to + 1);
  response.writeHead(206, {
    'Content-Length': body.length,
    'Content-Range': `bytes ${from}-${to}/${FILE.length}`,
  });
  if (body.length <= most) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, most), () => setTimeout(() => response.destroy(), 20));
}

async function collect(from: number, to: number, signal = new AbortController().signal) {
  const parts: Uint8Array[] = [];
  const retrying: boolean[] = [];
  asked.length = 0;
  received = 0;
  await fetchRange(url, from, to, signal, {
    onBytes: async (bytes) => void parts.push(bytes.slice()),
    onReceived: (count) => {
      received += count;
    },
    onRetrying: (value) => void retrying.push(value),
    onMeasured: () => undefined,
  });
  return { bytes: Buffer.concat(parts), retrying };
}

test('brings exactly the range', async () => {
  answer = (request, response) => serve(request, response, Infinity);
  const { bytes } = await collect(1000, 50_999);
  assert.deepEqual(bytes, Buffer.from(FILE.subarray(1000, 51_000)));
  assert.deepEqual(asked, ['bytes=1000-50999']);
});

test('goes on where it broke off and fetches nothing twice', async () => {
  let cuts = 0;
  answer = (request, response) => {
    cuts += 1;
    serve(request, response, cuts <= 2 ? 20_000 : Infinity);
  };
  const { bytes, retrying } = await collect(0, 59_999);
  assert.deepEqual(bytes, Buffer.from(FILE.subarray(0, 60_000)));
  assert.deepEqual(asked, ['bytes=0-59999', 'bytes=20000-59999', 'bytes=40000-59999']);
  assert.ok(retrying.includes(true) && retrying[retrying.length - 1] === false);
});

test('an end beyond the file is the file’s', async () => {
  answer = (request, response) => {
    const from = Number(/^bytes=(\d+)-(?:\d+)?$/.exec(request.headers.range ?? '')![1]);
    response.writeHead(206, {
      'Content-Length': FILE.length - from,
      'Content-Range': `bytes ${from}-${FILE.length - 1}/${FILE.length}`,
    });
    response.end(FILE.subarray(from));
  };
  assert.equal((await collect(99_000, 200_000)).bytes.length, 1000);
  assert.equal((await collect(90_000, Infinity)).bytes.length, 10_000);
  assert.deepEqual(asked, ['bytes=90000-']);
  assert.ok(received > 10_000 && received < 10_600, `${received} bytes counted`);
});

test('counts what it skips, and nothing of a kept copy', async () => {
  answer = (_request, response) => response.end(FILE);
  await collect(70_000, 79_999);
  assert.ok(received >= 80_000, `${received} bytes counted`);
  answer = (request, response) => {
    response.setHeader('Daorian-Kept', '1');
    serve(request, response, Infinity);
  };
  await collect(0, 999);
  assert.equal(received, 0);
});

test('skips forward when a server knows no ranges', async () => {
  answer = (_request, response) => response.end(FILE);
  const { bytes } = await collect(70_000, 79_999);
  assert.deepEqual(bytes, Buffer.from(FILE.subarray(70_000, 80_000)));
});

test('tries again after 503, gives up at 404', async () => {
  let turn = 0;
  answer = (request, response) => {
    turn += 1;
    if (turn > 1) serve(request, response, Infinity);
    else response.writeHead(503).end();
  };
  assert.equal((await collect(0, 9)).bytes.length, 10);
  answer = (_request, response) => response.writeHead(404).end();
  await assert.rejects(collect(0, 9), (error) => error instanceof TransferError && error.status === 404);
});

test('ends at once when it is aborted', async () => {
  answer = (request, response) => {
    const [from, to] = readRange(request);
    response.writeHead(206, { 'Content-Length': to - from + 1 });
    response.write(FILE.subarray(from, from + 10));
  };
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(collect(0, 999, abort.signal), { name: 'AbortError' });
});

test('the feeder, slides included, is at most 8 KB gzipped', () => {
  const web = process.env.DAORIAN_WEB!;
  const { buildSync } = createRequire(join(web, 'package.json'))('esbuild') as typeof import('esbuild');
  const built = buildSync({
    stdin: {
      contents: "export * from './feeder'; export * from './deck';",
      resolveDir: join(web, 'src', 'player'),
    },
    bundle: true,
    minify: true,
    // In the entry anyway.
    external: ['preact', 'preact/*'],
    format: 'esm',
    target: 'es2019',
    write: false,
  });
  const bytes = gzipSync(built.outputFiles[0]!.contents, { level: 9 }).length;
  process.stdout.write(`# feeder: ${bytes} bytes gzipped\n`);
  assert.ok(bytes > 500 && bytes <= 8192, `${bytes} bytes`);
});

await runTests(() => {
  server.closeAllConnections();
  server.close();
});
