// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names that pages and the worker agree on.

/** An answer that carries this header came out of a kept copy and cost nothing. */
export const KEPT_HEADER = 'Daorian-Kept';
/** A query that the worker leaves alone: the server's own bytes are wanted. */
export const FRESH_QUERY = '?fresh';
/** The name of the database. */
export const DATABASE = 'daorian-kept';
/** The channel that says that copies changed. */
export const CHANNEL = 'daorian-kept';

/** What the worker tells pages when the server lacks a part of their version. */
export const STALE = 'stale';

/** What a page asks of the worker. */
export type WorkerOrder =
  /** Copies changed. */
  | 'changed'
  /** Keep every file that learners' pages need, and take charge of this page. */
  | 'complete'
  /** Take over at once if the asking page is the only one; the answer says whether. */
  | 'take-over';
