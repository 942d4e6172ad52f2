// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whether pictures are made of two fields taken at different times: what the file says, and the
// combs that moving edges show when it says nothing. One thread.
#pragma once

#include <glib.h>

struct AVFrame;

typedef struct {
    guint frames;  // (value) looked at
    guint flagged; // (value) of them said to be interlaced
    guint moving;  // (value) of them with enough motion to tell
    guint combed;  // (value) of them with combs
} AnalyseFields;

/** @frame: as decoded; @plain: its 8-bit luma; @before: (nullable): that of the picture before it,
 * for what moved. */
void analyse_fields_add(AnalyseFields *fields, const struct AVFrame *frame,
                        const struct AVFrame *plain, const struct AVFrame *before);

/** Pure. TRUE when it is sure enough to deinterlace. */
gboolean analyse_fields_judge(const AnalyseFields *fields);
