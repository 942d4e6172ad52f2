// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Services and their guide in the catalogue of a running daemon, as a scan and a receiver would have written them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Daemon } from './daemon';

export interface PlantedProgramme {
  event: number;
  start: number;
  title: string;
  summary: string;
}

export interface PlantedService {
  uri: string;
  multiplex: string;
  service: string;
  /** service_id in its multiplex. */
  number: number;
  name: string;
}

const SCRIPT = `
import json, sqlite3, sys
path, at, rows = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
with sqlite3.connect(path, timeout=20) as database:
    database.execute("INSERT OR IGNORE INTO multiplexes (id, uri, name, created_ms, updated_ms) VALUES (?, ?, 'x', 1, 1)",
                     (at["multiplex"], at["uri"]))
    database.execute("INSERT INTO services (id, multiplex_id, service_id, name, provider, kind, encrypted, present, seen_ms,"
                     " created_ms, updated_ms) VALUES (?, ?, ?, ?, '', 'tv', 0, 1, 1, 1, 1)",
                     (at["service"], at["multiplex"], at["number"], at["name"]))
    for row in rows:
        database.execute("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description,"
                         " language, updated_ms) VALUES (?, ?, ?, 3600000, ?, ?, ?, 'tha', 1)",
                         (at["service"], row["event"], row["start"], row["title"], row["summary"], row["summary"]))
`;

/** Adds a service, and its multiplex where there is none yet; each programme lasts an hour. */
export function plantService(daemon: Daemon, at: PlantedService, rows: readonly PlantedProgramme[]): void {
  const catalog = join(daemon.folder, 'data', 'catalog.sqlite3');
  const done = spawnSync('python3', ['-c', SCRIPT, catalog, JSON.stringify(at), JSON.stringify(rows)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(done.status, 0, done.stderr);
}
