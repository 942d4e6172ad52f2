// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A real daemon on a data folder of its own that can be killed and started again on the same port.
// Test equipment of upload-clients.mjs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_TRIES = 300;
const READY_PAUSE_MS = 100;

function findPort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export class Daemon {
  constructor(program) {
    this.program = program;
    this.folder = mkdtempSync(join(tmpdir(), 'daorian-clients-'));
    this.port = 0;
    this.kills = 0;
    this.process = null;
  }

  runVerb(words, input = '') {
    const done = spawnSync(this.program, [...words, '--data', this.folder], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${words.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  }

  /** Returns a bearer token of a new member of staff. */
  addStaff(name) {
    this.runVerb(['user', 'add', '--role', 'staff', '--password-stdin', name], 'a long password\n');
    return this.runVerb(['user', 'token', name]);
  }

  async start() {
    if (this.port === 0) this.port = await findPort();
    this.process = spawn(this.program, ['serve', '--data', this.folder, '--listen', `127.0.0.1:${this.port}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (let tries = 0; tries < READY_TRIES; tries += 1) {
      if (await canConnect(this.port)) return;
      await pause(READY_PAUSE_MS);
    }
    throw new Error('the daemon does not listen');
  }

  /** SIGKILL, and start again. */
  async killAndStart() {
    this.kills += 1;
    await this.end('SIGKILL');
    await this.start();
  }

  async end(signal) {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill(signal);
    await ended;
  }

  /** The stored original of a lesson. */
  original(lesson) {
    return join(this.folder, 'originals', lesson);
  }

  async remove() {
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
