// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What was seen at one moment: the cells of a picture, and how long nothing changed. Lists of them
// are GPtrArrays, in order of time.
#pragma once

#include "pipelines/analyse/cells.h"

typedef struct {
    gint64 time_us;      // (value) running time of the first picture that looks so
    gint64 end_us;       // (value) of the end of the last
    gint64 length_us;    // (value) of the first picture
    gboolean key;        // (value) a key picture
    AnalyseCells *cells; // (owned)
} AnalyseSight;

/** Takes @cells. */
AnalyseSight *analyse_sight_new(gint64 time_us, gint64 length_us, gboolean key,
                                AnalyseCells *cells);
void analyse_sight_free(AnalyseSight *sight);

/** Returns: (transfer full) (element-type AnalyseSight): an empty list. */
GPtrArray *analyse_sight_new_list(void);

/** Takes @sight; when it looks like the last of @list, that one only lasts longer. */
void analyse_sight_add(GPtrArray *list, AnalyseSight *sight);
