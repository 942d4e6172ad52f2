// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A server in front of the daemon that adds one hand-made lesson: its JSON and its files with ranges come from here,
// everything else from the daemon. It counts every byte that it sends, heads included, as the far end of the link.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Lesson } from '../../../web/src/lib/types';
import type { Bundle } from './bundle';

export interface Sent {
  path: string;
  range: string;
  bytes: number;
}

export interface Front {
  url: string;
  /** What the API answers; a test may change it. */
  lesson: Lesson;
  sent: Sent[];
  /** Bytes of all answers whose path matches. */
  total(pattern?: RegExp): number;
  stop(): void;
}

const TYPES: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.webp': 'image/webp',
  '.vtt': 'text/vtt; charset=utf-8',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
};

function sendFile(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (!existsSync(path)) {
    response.writeHead(404).end();
    return;
  }
  const { size } = statSync(path);
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = match ? Number(match[1]) : 0;
  const to = match?.[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  if (from >= size) {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  response.writeHead(match ? 206 : 200, {
    'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    'Content-Length': to - from + 1,
    'Cache-Control': 'public, max-age=31536000, immutable',
    ETag: `"${size}"`,
    ...(match ? { 'Content-Range': `bytes ${from}-${to}/${size}` } : {}),
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(path, { start: from, end: to }).pipe(response);
}

function sendJson(response: ServerResponse, value: unknown): void {
  const body = gzipSync(JSON.stringify(value));
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Encoding': 'gzip',
    'Content-Length': body.length,
    'Cache-Control': 'no-cache',
  });
  response.end(body);
}

function pass(request: IncomingMessage, response: ServerResponse, daemonUrl: string): void {
  const onward = ask(`${daemonUrl}${request.url}`, { method: request.method ?? 'GET', headers: request.headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

/** Starts it on a port of its own. */
export async function startFront(daemonUrl: string, bundle: Bundle): Promise<Front> {
  const files = `/lessons/${bundle.lesson.id}/`;
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://front').pathname;
    const { socket } = request;
    const before = socket.bytesWritten;
    const entry: Sent = { path, range: request.headers.range ?? '', bytes: 0 };
    sent.push(entry);
    response.once('close', () => {
      entry.bytes = socket.bytesWritten - before;
    });
    if (path === '/api/v1/lessons') sendJson(response, { items: [front.lesson], next_cursor: null });
    else if (path === `/api/v1/lessons/${bundle.lesson.id}`) sendJson(response, front.lesson);
    else if (path.startsWith(files)) sendFile(request, response, join(bundle.folder, path.slice(files.length)));
    else pass(request, response, daemonUrl);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const front: Front = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lesson: bundle.lesson,
    sent,
    total: (pattern = /./) => sent.reduce((sum, item) => sum + (pattern.test(item.path) ? item.bytes : 0), 0),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return front;
}
