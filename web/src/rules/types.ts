// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules that record by themselves, as the API tells them.

import type { Visibility } from '../guide/types';

/** What a person says of one. */
export interface RuleBody {
  name: string;
  channel: string | null;
  title: string;
  keywords: string;
  series_crid: string | null;
  weekdays: number[];
  from: string | null;
  until: string | null;
  repeats: boolean;
  padding_before_s: number;
  padding_after_s: number;
  keep_days: number;
  rights_holder: string;
  licence: string;
  visibility: Visibility;
  enabled: boolean;
}

export interface Rule extends RuleBody {
  id: string;
  owner: { id: string; name: string | null } | null;
  created_ms: number;
  may_edit: boolean;
  etag: string;
}

export type Verdict = 'record' | 'other-showing' | 'clash' | 'booked' | 'cancelled' | 'repeat';

export interface RuleMatch {
  channel: string;
  channel_name: string;
  event_id: number;
  start_ms: number;
  duration_ms: number;
  title: string;
  summary: string;
  verdict: Verdict;
  booking_id: string | null;
  other: { channel: string; event_id: number; start_ms: number } | null;
  clashes: { id: string; title: string; start_ms: number }[];
}
