// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two tables that tell of one event: what one leaves out the other may have. Pure; called by
// guide.c.
#pragma once

#include "pipelines/tables/event.h"

/** Gives @event what it lacks and @other has: texts of the same title, genres, ratings, components,
 * identifiers. Times stay. */
void tables_merge_fill_gaps(TablesEvent *event, const TablesEvent *other);
