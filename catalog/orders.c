// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Orders become rows of jobs; at most one of a kind, lesson and argument is queued or running.
#include "catalog/orders.h"

#include "catalog/generations.h"
#include "catalog/ids.h"
#include "catalog/jobs.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char FIND_ACTIVE_SQL[] =
    "SELECT id FROM jobs WHERE lesson_id = :lesson_id AND kind = :kind AND argument = :argument"
    " AND state IN ('queued','running')";
static const char SHOWN_SQL[] = "SELECT generation FROM lessons WHERE id = :lesson_id";
static const char INSERT_SQL[] =
    "INSERT INTO jobs (id, kind, lesson_id, generation, argument, state, priority, max_attempts,"
    "  created_ms, updated_ms)"
    " VALUES (:id, :kind, :lesson_id, :generation, :argument, 'queued', :priority, :max_attempts,"
    "  :now_ms, :now_ms)";

/* @generation (out): the one a job of this kind writes. */
static gboolean
choose_generation(CatalogDatabase *database, const CatalogOrdersItem *order, gint64 *generation,
                  GError **error)
{
    if (order->kind == CATALOG_JOB_KIND_REENCODE)
        return catalog_generations_get_next(database, order->lesson_id, generation, error);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SHOWN_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", order->lesson_id);
    if (!catalog_statement_next(statement)) {
        catalog_statement_finish_missing(statement, "lesson", error);
        return FALSE;
    }
    *generation = catalog_statement_get_int(statement, "generation");
    return TRUE;
}

static char *
insert_job(CatalogDatabase *database, const CatalogOrdersItem *order, const CatalogAuditStamp *by,
           GError **error)
{
    gint64 generation = 0;
    if (!choose_generation(database, order, &generation, error))
        return NULL;
    g_autofree char *id = catalog_ids_new(by->now_ms);
    const char *kind = catalog_job_kind_to_text(order->kind);
    const char *argument = order->argument != NULL ? order->argument : "";
    g_autoptr(CatalogStatement) insert = catalog_statement_new(database, INSERT_SQL);
    catalog_statement_bind_text(insert, ":id", id);
    catalog_statement_bind_text(insert, ":kind", kind);
    catalog_statement_bind_text(insert, ":lesson_id", order->lesson_id);
    catalog_statement_bind_int(insert, ":generation", generation);
    catalog_statement_bind_text(insert, ":argument", argument);
    catalog_statement_bind_int(insert, ":priority", order->priority);
    catalog_statement_bind_int(insert, ":max_attempts", CATALOG_JOBS_MAX_ATTEMPTS_DEFAULT);
    catalog_statement_bind_int(insert, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("lesson_id", order->lesson_id, "kind",
                                                         kind, "argument", argument, NULL);
    if (!catalog_statement_run(insert, error) ||
        !catalog_audit_append(database, by, "job.enqueue", id, detail, error))
        return NULL;
    return g_steal_pointer(&id);
}

char *
catalog_orders_place(CatalogDatabase *database, const CatalogOrdersItem *order,
                     const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogStatement) find = catalog_statement_new(database, FIND_ACTIVE_SQL);
    catalog_statement_bind_text(find, ":lesson_id", order->lesson_id);
    catalog_statement_bind_text(find, ":kind", catalog_job_kind_to_text(order->kind));
    catalog_statement_bind_text(find, ":argument", order->argument != NULL ? order->argument : "");
    if (catalog_statement_next(find))
        return catalog_statement_dup_text(find, "id");
    return catalog_statement_finish(find, error) ? insert_job(database, order, by, error) : NULL;
}
