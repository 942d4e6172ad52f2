// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One track of text captions of a service: PES packets of teletext in, WebVTT of one segment at a
// time out. One thread.
#pragma once

#include "pipelines/live/pes.h"

typedef struct _LiveText LiveText;

/** @page: of teletext, as 888. @time: where the next segment begins. Returns: (transfer full)
 * (nullable): NULL when no decoder is there. */
LiveText *live_text_new(guint page, gint64 time);
void live_text_free(LiveText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveText, live_text_free)

/** @time: where the unit's stamp belongs on the channel's time, 90 kHz. */
void live_text_push(LiveText *text, const LivePesUnit *unit, gint64 time);

/**
 * live_text_take:
 *
 * What is said from @start to @end, which never go back. A caption that goes on over the end of a
 * segment is a cue of its own in each: when the first is written nobody knows yet how long it will
 * stand. Returns: (transfer full) (nullable): a WebVTT file (RFC 8216 §3.5); NULL: nothing is said.
 */
char *live_text_take(LiveText *text, gint64 start, gint64 end);
