// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Guides and bookings as the API tells them.

import type { Gap } from '../lib/types';

export type BookingState = 'waiting' | 'running' | 'finishing' | 'done' | 'failed' | 'cancelled' | 'missed';

export interface BookingMark {
  id: string;
  state: BookingState;
  rule_id: string | null;
  lesson_id: string | null;
  may_edit: boolean;
  etag: string;
}

export interface GuideEvent {
  event_id: number;
  start_ms: number | null;
  duration_ms: number | null;
  title: string;
  summary: string;
  description: string;
  language: string;
  genre: string | null;
  age: number;
  series_crid: string | null;
  booking: BookingMark | null;
}

export interface FoundEvent extends GuideEvent {
  channel: { id: string; slug: string; name: string };
}

export type Visibility = 'public' | 'signed-in' | 'group' | 'draft';

/** An order to fill the gaps of a recording from a repeat. */
export interface GapPatch {
  id: string;
  from: string;
  channel_name: string;
  start_ms: number;
  state: 'waiting' | 'running' | 'done' | 'failed';
  permille: number;
  filled: number;
  filled_ms: number;
  error: { code: string; sentence: string } | null;
}

/** Another showing of a programme that is kept, or booked. */
export interface KeptRepeat {
  booking: string;
  channel_name: string;
  start_ms: number;
  title: string;
  state: BookingState;
  sure: boolean;
}

export interface Booking {
  id: string;
  channel: string | null;
  channel_name: string;
  slug: string | null;
  state: BookingState;
  follows: boolean;
  start_ms: number;
  end_ms: number;
  padding_before_s: number;
  padding_after_s: number;
  title: string;
  description: string;
  rights_holder: string;
  licence: string;
  keep_until_ms: number | null;
  visibility: Visibility;
  owner: { id: string; name: string | null } | null;
  rule_id: string | null;
  lesson_id: string | null;
  gaps: Gap[];
  patches: GapPatch[];
  fills: string | null;
  error: { code: string; sentence: string } | null;
  may_edit: boolean;
  etag: string;
}

export interface BookingList {
  items: Booking[];
  next_cursor: string | null;
}
