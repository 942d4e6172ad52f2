// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The journal of a channel's window: a line a number and a line an init file, each with its own
// check sum. A line that is torn or wrong is left out, and the hole is filled with segments that no
// rung has, so that numbers go on. Pure.
#pragma once

#include "server/flows/window_index.h"

/** Returns: (transfer full): the line that opens a journal: where numbers go on at the least. */
char *flows_window_journal_format_next(const FlowsWindowIndex *index);

/** Returns: (transfer full): the line of an init file of @index. */
char *flows_window_journal_format_init(const FlowsWindowIndex *index,
                                       const FlowsWindowIndexInit *init);

/** Returns: (transfer full): the line of a segment of @index. */
char *flows_window_journal_format_entry(const FlowsWindowIndex *index,
                                        const FlowsWindowIndexEntry *entry);

/** Returns: (transfer full): the whole journal of @index. */
GString *flows_window_journal_format(const FlowsWindowIndex *index);

/** As flows_window_journal_parse() into an index that is new, and perhaps loose. */
void flows_window_journal_read(FlowsWindowIndex *index, const char *text, gsize length,
                               guint *damaged);

/** Returns: (transfer full): what can be relied on; @damaged (out): lines that were left out. */
FlowsWindowIndex *flows_window_journal_parse(const char *text, gsize length, guint *damaged);
