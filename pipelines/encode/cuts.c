// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A recording that goes on behind a gap or a jump of the stream has a shorter segment in its midst.
#include "pipelines/encode/cuts.h"

#include <string.h>

#include "pipelines/encode/rungs.h"

#define TAIL_PTS90K (PACKAGE_INDEX_TIMESCALE / 2) // shorter ones belong to the segment before
#define INDEX_BYTES_MAX (16 * 1024 * 1024)

gboolean
encode_cuts_fit(const PackageIndex *index, EncodeGrid *grid)
{
    guint last = index->segments->len - 1;
    if (index->segments->len < 2)
        return TRUE; // whatever grid there is, it is cut nowhere but at its beginning
    guint64 first = g_array_index(index->segments, PackageIndexSegment, 0).duration_pts90k;
    gint64 ticks = encode_grid_pts90k_to_tick(grid, (gint64)first);
    if (ticks <= 0 || ticks > G_MAXINT16)
        return FALSE;
    for (guint i = 0; i <= last; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        if (segment->start_pts90k != (guint64)encode_grid_tick_to_pts90k(grid, ticks * i) ||
            (i == last && segment->duration_pts90k > first + TAIL_PTS90K))
            return FALSE;
    }
    grid->ticks = (guint)ticks;
    return TRUE;
}

/* Returns: (transfer full) (nullable): the index of @file, a rung's in the bundle. */
static PackageIndex *
read_index(const ChildJob *job, const char *file)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    gsize stem = strlen(file) - strlen(".mp4");
    g_autofree char *name = g_strdup_printf("%.*s.index.json", (int)stem, file);
    g_autofree char *path = g_build_filename(job->bundle, name, NULL);
    if (!g_file_get_contents(path, &text, &length, NULL) || length > INDEX_BYTES_MAX)
        return NULL;
    return package_index_parse(text, length, 0, NULL);
}

static gboolean
moves(const char *file)
{
    g_autofree char *name = g_strndup(file, strcspn(file, "."));
    EncodeRungsId id;
    return g_str_has_suffix(file, ".mp4") && encode_rungs_parse(name, &id) &&
           encode_rungs_moves(id);
}

gboolean
encode_cuts_follow(const ChildJob *job, EncodeGrid *grid)
{
    for (guint i = 0; job->bundle != NULL && job->published[i] != NULL; i++) {
        if (!moves(job->published[i]))
            continue;
        g_autoptr(PackageIndex) index = read_index(job, job->published[i]);
        return index != NULL && encode_cuts_fit(index, grid);
    }
    return TRUE;
}
