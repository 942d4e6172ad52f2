// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A static server that knows nothing of lessons: the files of a folder with single byte ranges, and one
// page with an empty video, so that a bundle is played as from any web server or USB stick.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mp4': 'video/mp4',
  '.vtt': 'text/vtt',
  '.webp': 'image/webp',
  '.json': 'application/json',
};

const PAGE = '<!doctype html><title>player</title><video muted playsinline></video>';

export interface Folder {
  /** Ends with a slash. */
  url: string;
  close(): void;
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  if (path === '/') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
    return;
  }
  let content: Buffer;
  try {
    content = readFileSync(join(root, normalize(path)));
  } catch {
    response.writeHead(404).end();
    return;
  }
  const fields = { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Accept-Ranges': 'bytes' };
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (!range) {
    response.writeHead(200, { ...fields, 'Content-Length': content.length }).end(content);
    return;
  }
  const first = Number(range[1]);
  const last = Math.min(range[2] ? Number(range[2]) : Infinity, content.length - 1);
  const part = content.subarray(first, last + 1);
  const place = `bytes ${first}-${last}/${content.length}`;
  response.writeHead(206, { ...fields, 'Content-Range': place, 'Content-Length': part.length }).end(part);
}

/** Serves a folder on a free port of the loopback. */
export async function serveFolder(root: string): Promise<Folder> {
  const server = createServer((request, response) => answer(root, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
