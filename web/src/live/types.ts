// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Channels as the API tells them.

export interface Programme {
  event_id: number;
  start_ms: number;
  duration_ms: number | null;
  title: string;
  summary: string;
}

export interface ChannelRung {
  name: string;
  url: string;
  bandwidth_bps: number;
  average_bandwidth_bps: number;
  width: number;
  height: number;
}

/** Another sound, or captions. */
export interface ChannelTrack {
  name: string;
  kind: 'sound' | 'captions';
  language: string;
  purpose: 'main' | 'described' | 'hearing';
  number: number;
  url: string;
}

export interface ChannelSettings {
  service: string | null;
  service_name: string | null;
  enabled: boolean;
  rungs: string[];
  window_hours: number;
  window_bytes: number;
  burn_subtitles: string | null;
  burn_rung: string | null;
  /** Without a viewer until it rests, 0: never. */
  rest_minutes: number;
  used_bytes: number;
  detail: string | null;
  retry_ms: number;
  restarts: number;
  speed_permille: number;
  dropped_rungs: string[];
  cc_errors: number;
}

export interface Channel {
  id: string;
  slug: string;
  name: string;
  state: 'off' | 'waiting' | 'resting' | 'on-air' | 'no-signal' | 'scrambled' | 'failed';
  code: string | null;
  sentence: string | null;
  since_ms: number;
  playlist: string | null;
  rungs: ChannelRung[];
  tracks: ChannelTrack[];
  scrub: string | null;
  sound_language: string | null;
  window: { first_ms: number; last_ms: number; duration_ms: number } | null;
  now: Programme | null;
  next: Programme | null;
  etag: string;
  settings: ChannelSettings | null;
}

export interface ChannelList {
  items: Channel[];
}
