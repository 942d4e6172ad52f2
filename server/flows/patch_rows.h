// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the catalogue says of a patch, before and after it is made. On a catalogue thread, inside a
// transaction.
#pragma once

#include "catalog/lesson.h"
#include "catalog/patches.h"

/** What a patch is made from. */
typedef struct {
    CatalogLesson *own;    // (owned) (nullable) the lesson with the gaps, as it is shown
    CatalogLesson *repeat; // (owned) (nullable) the lesson that fills them
    gint64 repeat_ms;      // UTC milliseconds of its first segment
    gint64 generation;     // of what is made
    const char *code;      // (unowned) (nullable) static: why there is nothing to be made
    gboolean busy;         // (value) the lesson is made anew just now: wait
} FlowsPatchRowsFacts;

void flows_patch_rows_clear(FlowsPatchRowsFacts *facts);

/** Reads what @patch is about; what is being made of the lesson as it is shown is called off, since
 * a patch replaces all of it. NOT_FOUND, CONFLICT: nobody wants it any more. */
gboolean flows_patch_rows_begin(CatalogDatabase *database, const CatalogPatches *patch,
                                FlowsPatchRowsFacts *facts, gint64 now_ms, GError **error);

/** @made: the lesson with the rungs, assets, captions and gaps of the new generation; @ended: the
 * patch as it is to be. CONFLICT: the lesson or its captions were changed in between. */
gboolean flows_patch_rows_write(CatalogDatabase *database, const FlowsPatchRowsFacts *facts,
                                const CatalogLesson *made, const CatalogPatches *ended,
                                gint64 now_ms, GError **error);
