// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The health of sources and channels as the API tells it.

export interface Figure {
  name: string;
  unit: string;
  now: number | null;
  minute: number | null;
}

export interface Pid {
  pid: number;
  bits_per_second: number;
  cc_errors: number;
  tei_packets: number;
  scrambled: boolean;
  jitter_us: number | null;
}

export interface Health {
  kind: 'multiplex' | 'channel';
  id: string;
  name: string;
  slug: string | null;
  source: string | null;
  level: 'off' | 'well' | 'poor' | 'bad';
  code: string;
  sentence: string;
  advice: string | null;
  detail: string | null;
  state: string;
  since_ms: number | null;
  retry_ms: number | null;
  figures: Figure[];
  pids: Pid[];
  viewers: { rung: string; count: number }[];
  last_picture_ms: number | null;
  last_sound_ms: number | null;
}

export interface HealthList {
  now_ms: number;
  items: Health[];
}

export interface Row {
  name: string;
  unit: string;
  values: (number | null)[];
}

export interface History {
  id: string;
  kind: 'multiplex' | 'channel';
  step_ms: number;
  at_ms: number[];
  figures: Row[];
}
