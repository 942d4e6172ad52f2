// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rung value.
#include "catalog/rung.h"

CatalogRung *
catalog_rung_new(const char *lesson_id, const char *name)
{
    CatalogRung *rung = g_new0(CatalogRung, 1);
    rung->lesson_id = g_strdup(lesson_id);
    rung->generation = 1;
    rung->name = g_strdup(name);
    return rung;
}

CatalogRung *
catalog_rung_copy(const CatalogRung *rung)
{
    CatalogRung *copy = g_memdup2(rung, sizeof *rung);
    copy->lesson_id = g_strdup(rung->lesson_id);
    copy->name = g_strdup(rung->name);
    copy->file = g_strdup(rung->file);
    copy->index_file = g_strdup(rung->index_file);
    copy->sha256 = g_strdup(rung->sha256);
    copy->codecs = g_strdup(rung->codecs);
    copy->error_code = g_strdup(rung->error_code);
    return copy;
}

void
catalog_rung_free(CatalogRung *rung)
{
    if (rung == NULL)
        return;
    g_free(rung->lesson_id);
    g_free(rung->name);
    g_free(rung->file);
    g_free(rung->index_file);
    g_free(rung->sha256);
    g_free(rung->codecs);
    g_free(rung->error_code);
    g_free(rung);
}
