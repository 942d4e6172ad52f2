// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A real daemon on a folder of its own, with its accounts by the verbs, stopped and swept away at the
// end. Used by the browser tests; it knows nothing of the browser.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ADMIN = { name: 'somsri', password: 'ดาวเต็มฟ้าเหนือโรงเรียน' };
const START_MS = 60_000;

export interface Daemon {
  /** Without a slash at the end. */
  url: string;
  /** What it printed since it was started last. */
  said(): string;
  /** A folder for what the tests make. */
  folder: string;
  run(args: readonly string[], input?: string): string;
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

function waitForUrl(child: ChildProcess, onOutput: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`the daemon said only: ${text}`)), START_MS);
    const onData = (data: Buffer): void => {
      text += data.toString();
      onOutput(data.toString());
      const url = /(http:\/\/127\.0\.0\.1:\d+)\/?\s/.exec(text)?.[1];
      // The one-time link comes before the address, or right after it.
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the daemon ended with ${code}: ${text}`));
    });
  });
}

/** Makes the folder and (unless told otherwise) the administrator; the daemon is not started yet. */
export function prepareDaemon(
  program: string,
  options: { administrator?: boolean; config?: (folder: string) => string } = {},
): Daemon {
  const folder = mkdtempSync(join(tmpdir(), 'daorian-web-'));
  const data = join(folder, 'data');
  const config = join(folder, 'daorian.conf');
  writeFileSync(config, options.config?.(folder) ?? '');
  let child: ChildProcess | null = null;
  let said = '';
  const daemon: Daemon = {
    url: '',
    folder,
    said: () => said,
    run(args, input = '') {
      const done = spawnSync(program, [...args, '--data', data], {
        input,
        encoding: 'utf8',
        timeout: 600_000,
        maxBuffer: 1 << 24,
      });
      if (done.status === 0) return done.stdout;
      throw new Error(`daorian ${args.join(' ')}: ${done.status ?? done.signal}\n${done.stdout}${done.stderr}`);
    },
    async start() {
      const address = daemon.url.replace(/^http:\/\//, '') || '127.0.0.1:0';
      child = spawn(program, ['serve', '--config', config, '--data', data, '--listen', address], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      said = '';
      daemon.url = await waitForUrl(child, (text) => {
        said += text;
      });
    },
    kill() {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return Promise.resolve();
      return new Promise((resolve) => {
        running.once('exit', () => resolve());
        running.kill('SIGKILL');
      });
    },
    stop() {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => running.kill('SIGKILL'), 60_000);
        running.once('exit', () => {
          clearTimeout(timer);
          resolve();
        });
        running.kill('SIGTERM');
      });
    },
  };
  if (options.administrator !== false) {
    daemon.run(['user', 'add', '--role', 'administrator', '--password-stdin', ADMIN.name], ADMIN.password);
  }
  return daemon;
}

/** Stops the daemon and removes its folder. */
export async function sweepDaemon(daemon: Daemon): Promise<void> {
  await daemon.stop();
  rmSync(daemon.folder, { recursive: true, force: true });
}
