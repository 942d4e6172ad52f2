// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A line between the browser and a daemon that can be slow, and be cut like a cable: what is under way
// breaks off, and nothing connects until it is mended. Used by the tests of kept lessons.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Longer than the pause after any one piece. */
const QUIET_MS = 2500;

export interface Gate {
  /** Without a slash at the end. */
  url: string;
  /** Bytes that went towards the browser so far. */
  sent(): number;
  /** Nothing is under way any more: what was sent has been read, too. */
  settle(): Promise<void>;
  cut(): void;
  mend(): void;
  close(): void;
}

/** Opens a gate to a daemon's address; bytes towards the browser come at most so fast on each connection. */
export async function openGate(target: string, bytesPerSecond: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let sent = 0;
  let open = true;
  const server = createServer((near) => {
    if (!open) {
      near.destroy();
      return;
    }
    const far = connect(Number(new URL(target).port), '127.0.0.1');
    near.pipe(far);
    far.on('data', (bytes) => {
      near.write(bytes);
      sent += bytes.length;
      far.pause();
      setTimeout(() => far.resume(), (1000 * bytes.length) / bytesPerSecond);
    });
    far.on('end', () => near.end());
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    settle: async () => {
      for (let before = -1; before !== sent; ) {
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      }
    },
    cut,
    mend: () => {
      open = true;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
