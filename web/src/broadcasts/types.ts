// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the API says about broadcasts (server/api/openapi.json).

export interface MultiplexStatus {
  state: 'idle' | 'starting' | 'receiving' | 'silent' | 'waiting';
  code: string | null;
  sentence: string | null;
  detail: string | null;
  scanning: boolean;
  refreshing: boolean;
  subscribers: number;
  since_ms: number | null;
  retry_ms: number | null;
  services: number;
  events: number;
  clock_offset_ms: number | null;
  packets: number;
  bits_per_second: number;
  cc_errors: number;
  tei_packets: number;
  sync_losses: number;
  broken_sections: number;
  dropped_packets: number;
  locked: boolean;
  level: number | null;
  quality: number | null;
  cn_db: number | null;
  ber: number | null;
}

export interface Multiplex {
  id: string;
  uri: string;
  name: string;
  text_default: string;
  tuners: number;
  network: string;
  transport_stream_id: number | null;
  original_network_id: number | null;
  scanned_ms: number | null;
  status: MultiplexStatus;
  etag: string;
}

export interface ServiceStream {
  pid: number;
  kind: string;
  codec: string;
  stream_type: number;
  language: string;
  page: number;
}

/** Where what is known of a programme comes from. */
export type GuideSide = 'broadcast' | 'file';

export interface Service {
  id: string;
  multiplex_id: string;
  service_id: number;
  name: string;
  provider: string;
  kind: 'tv' | 'radio' | 'data' | 'unknown';
  encrypted: boolean;
  channel: number | null;
  present: boolean;
  streams: ServiceStream[];
  own_name: string | null;
  own_channel: number | null;
  own_shown: boolean | null;
  shown: boolean;
  seen_ms: number | null;
  guide_channel: string | null;
  guide_first: GuideSide;
  imported: { programmes: number; from_ms: number; until_ms: number } | null;
  etag: string;
}

export interface Programme {
  event_id: number;
  start_ms: number | null;
  duration_ms: number | null;
  title: string;
  summary: string;
  description: string;
  language: string;
  genre: string | null;
  age: number;
  source: GuideSide;
}

/** A channel of an XMLTV file. */
export interface ImportChannel {
  id: string;
  name: string;
  programmes: number;
  from_ms: number | null;
  until_ms: number | null;
  /** The first service that takes its programmes from it. */
  service: string | null;
  suggested: string | null;
  written: number;
  removed: number;
}

/** What an XMLTV file holds, and what was done with it. */
export interface GuideImport {
  channels: ImportChannel[];
  skipped: number;
  outside: number;
}
