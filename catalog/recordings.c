// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of recordings and of gaps.
#include "catalog/recordings.h"

#include "catalog/statement.h"

static const char BEGIN_SQL[] =
    "INSERT INTO recordings (id, channel, title, starts_ms, ends_ms, visibility, rights_holder,"
    "  licence, keep_until_ms, created_ms, updated_ms)"
    " VALUES (:id, :channel, :title, :starts_ms, :ends_ms, :visibility, :rights_holder, :licence,"
    "  :keep_until_ms, :now_ms, :now_ms)"
    " ON CONFLICT (id) DO NOTHING";

gboolean
catalog_recordings_begin(CatalogDatabase *database, const CatalogBooking *booking, gint64 now_ms,
                         GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, BEGIN_SQL);
    catalog_statement_bind_text(statement, ":id", booking->id);
    catalog_statement_bind_text(statement, ":channel", booking->channel);
    catalog_statement_bind_text(statement, ":title", booking->title);
    catalog_statement_bind_int(statement, ":starts_ms", booking->start_ms);
    catalog_statement_bind_int(statement, ":ends_ms", booking->end_ms);
    catalog_statement_bind_text(statement, ":visibility",
                                catalog_lesson_visibility_to_text(booking->visibility));
    catalog_statement_bind_text(statement, ":rights_holder", booking->rights_holder);
    catalog_statement_bind_text(statement, ":licence", booking->licence);
    catalog_statement_bind_int(statement, ":keep_until_ms", booking->keep_until_ms);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

static const char END_SQL[] =
    "UPDATE recordings SET lesson_id = :lesson_id, starts_ms = :starts_ms,"
    " ends_ms = max(:starts_ms, :ends_ms), updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_recordings_end(CatalogDatabase *database, const char *id,
                       const CatalogRecordingsOutcome *outcome, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, END_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":lesson_id", outcome->lesson_id);
    catalog_statement_bind_int(statement, ":starts_ms", outcome->starts_ms);
    catalog_statement_bind_int(statement, ":ends_ms", outcome->ends_ms);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, "no such recording", error);
}

static const char START_SQL[] = "SELECT starts_ms FROM recordings WHERE id = :id";

gboolean
catalog_recordings_get_start(CatalogDatabase *database, const char *id, gint64 *starts_ms,
                             GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, START_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (!catalog_statement_next(statement)) {
        catalog_statement_finish_missing(statement, "recording", error);
        return FALSE;
    }
    *starts_ms = catalog_statement_get_int(statement, "starts_ms");
    return TRUE;
}

static const char CLEAR_SQL[] = "DELETE FROM gaps WHERE recording_id = :id";
static const char GAP_SQL[] =
    "INSERT INTO gaps (recording_id, from_ms, to_ms, media_ms, cause, patched_from, patched_ms)"
    " VALUES (:id, :from_ms, :to_ms, :media_ms, :cause, :patched_from, :patched_ms)"
    " ON CONFLICT (recording_id, from_ms) DO UPDATE SET to_ms = max(to_ms, excluded.to_ms)";

static gboolean
add_gap(CatalogDatabase *database, const char *id, const CatalogGap *gap, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GAP_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":from_ms", gap->from_ms);
    catalog_statement_bind_int(statement, ":to_ms", gap->to_ms);
    catalog_statement_bind_int(statement, ":media_ms", gap->media_ms);
    catalog_statement_bind_text(statement, ":cause", catalog_gap_cause_to_text(gap->cause));
    catalog_statement_bind_text(statement, ":patched_from",
                                catalog_gap_is_patched(gap) ? gap->patched_from : NULL);
    catalog_statement_bind_int(statement, ":patched_ms", gap->patched_ms);
    return catalog_statement_run(statement, error);
}

static int
compare_length(gconstpointer a, gconstpointer b)
{
    const CatalogGap *left = a, *right = b;
    gint64 left_ms = left->to_ms - left->from_ms, right_ms = right->to_ms - right->from_ms;
    return left_ms == right_ms ? 0 : left_ms > right_ms ? -1 : 1;
}

gboolean
catalog_recordings_set_gaps(CatalogDatabase *database, const char *id, const GArray *gaps,
                            GError **error)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    g_autoptr(CatalogStatement) clear = catalog_statement_new(database, CLEAR_SQL);
    catalog_statement_bind_text(clear, ":id", id);
    if (!catalog_statement_run(clear, error))
        return FALSE;
    if (gaps->len > 0)
        g_array_append_vals(sorted, gaps->data, gaps->len);
    g_array_sort(sorted, compare_length);
    for (guint i = 0; i < sorted->len && i < CATALOG_RECORDINGS_GAPS_MAX; i++) {
        if (!add_gap(database, id, &g_array_index(sorted, CatalogGap, i), error))
            return FALSE;
    }
    return TRUE;
}

static CatalogGap
read_gap(CatalogStatement *statement)
{
    CatalogGap gap = {
        .from_ms = catalog_statement_get_int(statement, "from_ms"),
        .to_ms = catalog_statement_get_int(statement, "to_ms"),
        .media_ms = catalog_statement_get_int(statement, "media_ms"),
    };
    catalog_gap_cause_from_text(catalog_statement_get_text(statement, "cause"), &gap.cause);
    catalog_gap_set_patch(&gap, catalog_statement_get_text(statement, "patched_from"),
                          catalog_statement_get_int(statement, "patched_ms"));
    return gap;
}

static const char LIST_SQL[] =
    "SELECT from_ms, to_ms, media_ms, cause, patched_from, patched_ms FROM gaps"
    " WHERE recording_id = :id ORDER BY from_ms";

GArray *
catalog_recordings_list_gaps(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, TRUE, sizeof(CatalogGap));
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    while (catalog_statement_next(statement)) {
        CatalogGap gap = read_gap(statement);
        g_array_append_val(gaps, gap);
    }
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&gaps) : NULL;
}

static const char LESSONS_SQL[] =
    "SELECT r.lesson_id, g.from_ms, g.to_ms, g.media_ms, g.cause, g.patched_from, g.patched_ms"
    " FROM gaps g"
    " JOIN recordings r ON r.id = g.recording_id"
    " WHERE r.lesson_id IN (SELECT value FROM json_each(:ids)) ORDER BY g.from_ms";

gboolean
catalog_recordings_fill_lessons(CatalogDatabase *database, GPtrArray *ids, GHashTable *lessons,
                                GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LESSONS_SQL);
    catalog_statement_bind_list(statement, ":ids", ids);
    while (catalog_statement_next(statement)) {
        CatalogGap gap = read_gap(statement);
        CatalogLesson *lesson =
            g_hash_table_lookup(lessons, catalog_statement_get_text(statement, "lesson_id"));
        if (lesson != NULL)
            g_array_append_val(lesson->gaps, gap);
    }
    return catalog_statement_finish(statement, error);
}
