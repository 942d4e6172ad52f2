// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Audit rows: appended in the transaction of the write they tell of, never changed.
#include "catalog/audit.h"

#include "catalog/ids.h"
#include "catalog/statement.h"

static const char APPEND_SQL[] =
    "INSERT INTO audit (id, when_ms, account_id, action, subject, detail)"
    " VALUES (:id, :when_ms, :account_id, :action, :subject, coalesce(:detail, '{}'))";

gboolean
catalog_audit_append(CatalogDatabase *database, const CatalogAuditStamp *by, const char *action,
                     const char *subject, const char *detail, GError **error)
{
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, APPEND_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":when_ms", by->now_ms);
    catalog_statement_bind_text(statement, ":account_id", by->account_id);
    catalog_statement_bind_text(statement, ":action", action);
    catalog_statement_bind_text(statement, ":subject", subject);
    catalog_statement_bind_text(statement, ":detail", detail);
    return catalog_statement_run(statement, error);
}

#define ENTRY_COLUMNS                                                                              \
    "SELECT a.id AS id, when_ms, account_id, p.display_name AS account_name, action, subject,"     \
    " detail FROM audit a LEFT JOIN accounts p ON p.id = a.account_id"

static const char LIST_ALL_SQL[] = ENTRY_COLUMNS " WHERE (when_ms, a.id) < (:position_ms, :id)"
                                                 " ORDER BY when_ms DESC, a.id DESC LIMIT :limit";
static const char LIST_SUBJECT_SQL[] =
    ENTRY_COLUMNS " WHERE subject = :subject AND (when_ms, a.id) < (:position_ms, :id)"
                  " ORDER BY when_ms DESC, a.id DESC LIMIT :limit";

static CatalogAuditEntry *
read_entry(CatalogStatement *statement)
{
    CatalogAuditEntry *entry = g_new0(CatalogAuditEntry, 1);
    entry->id = catalog_statement_dup_text(statement, "id");
    entry->when_ms = catalog_statement_get_int(statement, "when_ms");
    entry->account_id = catalog_statement_dup_text(statement, "account_id");
    entry->account_name = catalog_statement_dup_text(statement, "account_name");
    entry->action = catalog_statement_dup_text(statement, "action");
    entry->subject = catalog_statement_dup_text(statement, "subject");
    entry->detail = catalog_statement_dup_text(statement, "detail");
    return entry;
}

CatalogPage *
catalog_audit_list(CatalogDatabase *database, const char *subject, const char *cursor, guint limit,
                   GError **error)
{
    gint64 position_ms = 0;
    g_autofree char *id = NULL;
    if (!catalog_page_read_cursor(cursor, &position_ms, &id, error))
        return NULL;
    limit = catalog_page_clamp_limit(limit);
    g_autoptr(CatalogStatement) statement =
        catalog_statement_new(database, subject != NULL ? LIST_SUBJECT_SQL : LIST_ALL_SQL);
    if (subject != NULL)
        catalog_statement_bind_text(statement, ":subject", subject);
    catalog_statement_bind_int(statement, ":position_ms", position_ms);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":limit", (gint64)limit + 1);

    g_autoptr(CatalogPage) page =
        catalog_page_new(g_ptr_array_new_with_free_func((GDestroyNotify)catalog_audit_free_entry));
    while (catalog_statement_next(statement))
        g_ptr_array_add(page->items, read_entry(statement));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    if (page->items->len > limit) {
        g_ptr_array_set_size(page->items, (int)limit);
        const CatalogAuditEntry *last = g_ptr_array_index(page->items, limit - 1);
        page->next_cursor = catalog_page_write_cursor(last->when_ms, last->id);
    }
    return g_steal_pointer(&page);
}

CatalogAuditEntry *
catalog_audit_copy_entry(const CatalogAuditEntry *entry)
{
    CatalogAuditEntry *copy = g_memdup2(entry, sizeof *entry);
    copy->id = g_strdup(entry->id);
    copy->account_id = g_strdup(entry->account_id);
    copy->account_name = g_strdup(entry->account_name);
    copy->action = g_strdup(entry->action);
    copy->subject = g_strdup(entry->subject);
    copy->detail = g_strdup(entry->detail);
    return copy;
}

void
catalog_audit_free_entry(CatalogAuditEntry *entry)
{
    if (entry == NULL)
        return;
    g_free(entry->id);
    g_free(entry->account_id);
    g_free(entry->account_name);
    g_free(entry->action);
    g_free(entry->subject);
    g_free(entry->detail);
    g_free(entry);
}
