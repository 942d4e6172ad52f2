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

/** What an answer says of a clash. */
export function readAnswer(answer: Record<string, unknown>, title: string): Clash {
  const bookings = listOf<Booking>(answer.clashes ?? answer.bookings);
  return { title, bookings, channels: listOf(answer.channels), alternatives: listOf(answer.alternatives) };
}

/** What a refused booking says of its clash; null when it was refused for another reason. */
export function readClash(fault: unknown, title: string): Clash | null {
  if (!(fault instanceof ApiError) || fault.status !== 409) return null;
  const found = readAnswer(fault.document as Record<string, unknown>, title);
  return found.bookings.length + found.channels.length + found.alternatives.length > 0 ? found : null;
}
