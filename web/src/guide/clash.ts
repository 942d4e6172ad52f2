// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a refused booking says: which bookings are in the way, and which showings would do. Pure.

import { ApiError } from '../lib/api';
import type { Booking } from './types';

export interface Showing {
  channel: string;
  channel_name: string;
  event_id: number;
  start_ms: number;
  title: string;
}

export interface Clash {
  title: string;
  bookings: { id: string; title: string; start_ms: number }[];
  /** Names of channels that are always on, and so take a tuner. */
  channels: string[];
  alternatives: Showing[];
}

function listOf<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** What a refused booking says of its clash; null when it was refused for another reason. */
export function readClash(fault: unknown, title: string): Clash | null {
  if (!(fault instanceof ApiError) || fault.status !== 409) return null;
  const bookings = listOf<Booking>(fault.document.clashes ?? fault.document.bookings);
  const alternatives = listOf<Showing>(fault.document.alternatives);
  const channels = listOf<string>(fault.document.channels);
  const told = bookings.length + channels.length + alternatives.length > 0;
  return told ? { title, bookings, channels, alternatives } : null;
}
