// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A bad line between two loopback ports: it carries a bounded number of bytes a second towards the
// server and is cut in a regular beat. Every other cut is silent on the server's side, as real ones
// are: the server's end stays open and dumb for a while. Test equipment of upload-clients.mjs.
import { connect, createServer } from 'node:net';

const SILENT_MS = 20_000;
const SLICE_MS = 20;

/** @param {{ upstreamPort: number, bytesPerSecond: number, cutEveryMs: number }} options */
export async function openLink(options) {
  const pairs = new Set();
  const link = { port: 0, cuts: 0, close: () => {} };
  const silent = new Set();

  const server = createServer((near) => {
    const far = connect(options.upstreamPort, '127.0.0.1');
    const pair = { near, far, waiting: [], budget: 0 };
    pairs.add(pair);
    near.setNoDelay(true);
    near.on('data', (bytes) => {
      pair.waiting.push(bytes);
      near.pause();
    });
    far.on('data', (bytes) => near.write(bytes));
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      if (!silent.has(far)) far.destroy();
    };
    for (const socket of [near, far]) {
      socket.on('error', end);
      socket.on('close', end);
    }
  });

  // One slice of the line's capacity, shared by all connections in turn.
  const pump = setInterval(() => {
    const share = (options.bytesPerSecond * SLICE_MS) / 1000 / Math.max(1, pairs.size);
    for (const pair of pairs) {
      pair.budget = Math.min(pair.budget + share, share * 4);
      while (pair.waiting.length > 0 && pair.budget >= 1) {
        const bytes = pair.waiting.shift();
        const now = bytes.subarray(0, Math.floor(pair.budget));
        pair.budget -= now.length;
        pair.far.write(now);
        if (now.length < bytes.length) pair.waiting.unshift(bytes.subarray(now.length));
      }
      if (pair.waiting.length === 0) pair.near.resume();
    }
  }, SLICE_MS);

  const cutter = setInterval(() => {
    if (pairs.size === 0) return;
    link.cuts += 1;
    for (const pair of [...pairs]) {
      if (link.cuts % 2 === 0) {
        silent.add(pair.far);
        setTimeout(() => {
          silent.delete(pair.far);
          pair.far.destroy();
        }, SILENT_MS).unref();
      }
      pair.waiting.length = 0;
      pair.near.destroy();
    }
  }, options.cutEveryMs);

  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  link.port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  link.close = () => {
    clearInterval(pump);
    clearInterval(cutter);
    for (const pair of pairs) {
      pair.near.destroy();
      pair.far.destroy();
    }
    for (const far of silent) far.destroy();
    server.close();
  };
  return link;
}
