// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The words of causes.
#include "catalog/gap.h"

#include "catalog/texts.h"

static const char *const CAUSE_NAMES[] = {"signal-lost", "crash",     "restart", "too-slow",
                                          "disk-full",   "scrambled", "late",    NULL};

void
catalog_gap_set_patch(CatalogGap *gap, const char *id, gint64 patched_ms)
{
    g_strlcpy(gap->patched_from, id != NULL ? id : "", sizeof gap->patched_from);
    gap->patched_ms = id != NULL ? patched_ms : 0;
}

gboolean
catalog_gap_is_patched(const CatalogGap *gap)
{
    return *gap->patched_from != '\0';
}

gboolean
catalog_gap_is_any_open(const GArray *gaps)
{
    for (guint i = 0; i < gaps->len; i++) {
        if (!catalog_gap_is_patched(&g_array_index(gaps, CatalogGap, i)))
            return TRUE;
    }
    return FALSE;
}

const char *
catalog_gap_cause_to_text(CatalogGapCause cause)
{
    return CAUSE_NAMES[cause];
}

gboolean
catalog_gap_cause_from_text(const char *text, CatalogGapCause *cause)
{
    int place = catalog_texts_find(CAUSE_NAMES, text);
    if (place >= 0)
        *cause = (CatalogGapCause)place;
    return place >= 0;
}
