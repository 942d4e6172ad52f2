// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of patches.
#include "catalog/patches.h"

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char *const STATE_NAMES[] = {"waiting", "running", "done", "failed", NULL};

void
catalog_patches_free(CatalogPatches *patch)
{
    if (patch == NULL)
        return;
    g_free(patch->id);
    g_free(patch->recording_id);
    g_free(patch->repeat_id);
    g_free(patch->channel_name);
    g_free(patch->error_code);
    g_free(patch);
}

const char *
catalog_patches_state_to_text(CatalogPatchesState state)
{
    return STATE_NAMES[state];
}

#define PATCHES_COLUMNS                                                                            \
    "SELECT id, recording_id, repeat_id, channel_name, start_ms, state, error_code, permille,"     \
    " filled, filled_ms, created_ms, updated_ms FROM patches"

static CatalogPatches *
read_row(CatalogStatement *statement)
{
    CatalogPatches *patch = g_new0(CatalogPatches, 1);
    int state = catalog_texts_find(STATE_NAMES, catalog_statement_get_text(statement, "state"));
    patch->id = catalog_statement_dup_text(statement, "id");
    patch->recording_id = catalog_statement_dup_text(statement, "recording_id");
    patch->repeat_id = catalog_statement_dup_text(statement, "repeat_id");
    patch->channel_name = catalog_statement_dup_text(statement, "channel_name");
    patch->start_ms = catalog_statement_get_int(statement, "start_ms");
    patch->state = (CatalogPatchesState)MAX(state, 0);
    patch->error_code = catalog_statement_dup_text(statement, "error_code");
    patch->permille = catalog_statement_get_int(statement, "permille");
    patch->filled = catalog_statement_get_int(statement, "filled");
    patch->filled_ms = catalog_statement_get_int(statement, "filled_ms");
    patch->created_ms = catalog_statement_get_int(statement, "created_ms");
    patch->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return patch;
}

static GPtrArray *
read_rows(CatalogStatement *statement, GError **error)
{
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_patches_free);
    while (catalog_statement_next(statement))
        g_ptr_array_add(rows, read_row(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&rows) : NULL;
}

static const char COUNT_SQL[] =
    "SELECT (SELECT count(*) FROM recordings WHERE id = :recording_id) AS known,"
    " count(*) FILTER (WHERE repeat_id = :repeat_id) AS same, count(*) AS open FROM patches"
    " WHERE recording_id = :recording_id AND state IN ('waiting', 'running')";

static gboolean
check(CatalogDatabase *database, const char *recording_id, const char *repeat_id, GError **error)
{
    gint64 known = 0, same = 0, open = 0;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    catalog_statement_bind_text(statement, ":recording_id", recording_id);
    catalog_statement_bind_text(statement, ":repeat_id", repeat_id);
    if (catalog_statement_next(statement)) {
        known = catalog_statement_get_int(statement, "known");
        same = catalog_statement_get_int(statement, "same");
        open = catalog_statement_get_int(statement, "open");
    }
    if (!catalog_statement_finish(statement, error))
        return FALSE;
    if (known == 0)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such recording");
    else if (same > 0)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS, "that is ordered already");
    else if (open >= CATALOG_PATCHES_OPEN_MAX)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "too many patches are ordered");
    else
        return TRUE;
    return FALSE;
}

static const char ORDER_SQL[] =
    "INSERT INTO patches (id, recording_id, repeat_id, channel_name, start_ms, state, created_ms,"
    "  updated_ms)"
    " VALUES (:id, :recording_id, :repeat_id, :channel_name, :start_ms, :state, :now_ms, :now_ms)";

char *
catalog_patches_order(CatalogDatabase *database, const char *recording_id,
                      const CatalogBooking *repeat, const CatalogAuditStamp *by, GError **error)
{
    CatalogPatchesState state = repeat->state == CATALOG_BOOKING_STATE_DONE
                                    ? CATALOG_PATCHES_STATE_RUNNING
                                    : CATALOG_PATCHES_STATE_WAITING;
    if (!check(database, recording_id, repeat->id, error))
        return NULL;
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autofree char *detail =
        catalog_texts_write_object("recording", recording_id, "repeat", repeat->id, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ORDER_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":recording_id", recording_id);
    catalog_statement_bind_text(statement, ":repeat_id", repeat->id);
    catalog_statement_bind_text(statement, ":channel_name",
                                repeat->channel_name != NULL ? repeat->channel_name : "");
    catalog_statement_bind_int(statement, ":start_ms", repeat->start_ms);
    catalog_statement_bind_text(statement, ":state", STATE_NAMES[state]);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    if (!catalog_statement_run(statement, error) ||
        !catalog_audit_append(database, by, "patch.order", recording_id, detail, error))
        return NULL;
    return g_steal_pointer(&id);
}

static const char READY_SQL[] =
    "SELECT id, recording_id FROM patches p WHERE state = 'waiting' AND NOT EXISTS"
    " (SELECT 1 FROM bookings b WHERE b.id = p.repeat_id"
    "  AND b.state IN ('waiting', 'running', 'finishing'))";
static const char ADVANCE_SQL[] =
    "UPDATE patches SET updated_ms = :now_ms,"
    " state = iif(found.count > 0, 'running', 'failed'),"
    " error_code = iif(found.count > 0, NULL, 'repeat-lost')"
    " FROM (SELECT count(*) AS count FROM bookings b JOIN patches p ON p.repeat_id = b.id"
    "  WHERE p.id = :id AND b.state = 'done' AND b.lesson_id IS NOT NULL) AS found"
    " WHERE id = :id AND state = 'waiting'";

gboolean
catalog_patches_advance(CatalogDatabase *database, gint64 now_ms, GPtrArray *changed,
                        GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) ready = catalog_statement_new(database, READY_SQL);
    while (catalog_statement_next(ready)) {
        g_ptr_array_add(ids, catalog_statement_dup_text(ready, "id"));
        g_ptr_array_add(changed, catalog_statement_dup_text(ready, "recording_id"));
    }
    if (!catalog_statement_finish(ready, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ADVANCE_SQL);
        catalog_statement_bind_text(statement, ":id", ids->pdata[i]);
        catalog_statement_bind_int(statement, ":now_ms", now_ms);
        if (!catalog_statement_run(statement, error))
            return FALSE;
    }
    return TRUE;
}

static const char RUNNING_SQL[] = PATCHES_COLUMNS " WHERE state = 'running' ORDER BY id";

GPtrArray *
catalog_patches_list_running(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, RUNNING_SQL);
    return read_rows(statement, error);
}

static const char LIST_SQL[] =
    PATCHES_COLUMNS " WHERE recording_id = :recording_id ORDER BY id DESC LIMIT :limit";

GPtrArray *
catalog_patches_list(CatalogDatabase *database, const char *recording_id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":recording_id", recording_id);
    catalog_statement_bind_int(statement, ":limit", CATALOG_PATCHES_OPEN_MAX);
    return read_rows(statement, error);
}

static const char GET_SQL[] = PATCHES_COLUMNS " WHERE id = :id";

CatalogPatches *
catalog_patches_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_row(statement);
    catalog_statement_finish_missing(statement, "patch", error);
    return NULL;
}

static const char WISH_SQL[] = "SELECT recording_id FROM patches WHERE repeat_id = :repeat_id"
                               " AND state = 'waiting' ORDER BY id LIMIT 1";

gboolean
catalog_patches_find_wish(CatalogDatabase *database, const char *repeat_id, char **recording_id,
                          GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, WISH_SQL);
    *recording_id = NULL;
    catalog_statement_bind_text(statement, ":repeat_id", repeat_id);
    if (catalog_statement_next(statement))
        *recording_id = catalog_statement_dup_text(statement, "recording_id");
    if (catalog_statement_finish(statement, error))
        return TRUE;
    g_clear_pointer(recording_id, g_free);
    return FALSE;
}

static const char NOTE_SQL[] = "UPDATE patches SET error_code = :error_code, updated_ms = :now_ms"
                               " WHERE id = :id AND state = 'running'";

gboolean
catalog_patches_note_error(CatalogDatabase *database, const char *id, const char *error_code,
                           gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, NOTE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":error_code", error_code);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, "the patch does not run", error);
}

static const char PROGRESS_SQL[] = "UPDATE patches SET permille = :permille, updated_ms = :now_ms"
                                   " WHERE id = :id AND state = 'running'";

gboolean
catalog_patches_set_progress(CatalogDatabase *database, const char *id, gint64 permille,
                             gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, PROGRESS_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":permille", permille);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

static const char END_SQL[] =
    "UPDATE patches SET state = :state, error_code = :error_code, permille = 1000,"
    " filled = :filled,"
    " filled_ms = :filled_ms, updated_ms = :now_ms WHERE id = :id AND state = 'running'";

gboolean
catalog_patches_end(CatalogDatabase *database, const CatalogPatches *ended,
                    const CatalogAuditStamp *by, GError **error)
{
    g_autofree char *filled_ms = g_strdup_printf("%" G_GINT64_FORMAT, ended->filled_ms);
    g_autofree char *detail =
        catalog_texts_write_object("state", STATE_NAMES[ended->state], "error_code",
                                   ended->error_code, "filled_ms", filled_ms, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, END_SQL);
    catalog_statement_bind_text(statement, ":id", ended->id);
    catalog_statement_bind_text(statement, ":state", STATE_NAMES[ended->state]);
    catalog_statement_bind_text(statement, ":error_code", ended->error_code);
    catalog_statement_bind_int(statement, ":filled", ended->filled);
    catalog_statement_bind_int(statement, ":filled_ms", ended->filled_ms);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the patch does not run", error) &&
           catalog_audit_append(database, by, "patch.end", ended->id, detail, error);
}
