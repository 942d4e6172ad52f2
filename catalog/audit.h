// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The record of who changed what. Every write that a person causes carries a stamp, and the
// function that writes appends the row in the same transaction. All functions: on the connection's
// thread.
#pragma once

#include "catalog/database.h"
#include "catalog/page.h"

/** Who writes and when; passed by value of its pointer, never kept. */
typedef struct {
    const char *account_id; // (nullable): NULL is the system itself (encoder, sweeper, verb)
    gint64 now_ms;          // UTC milliseconds
} CatalogAuditStamp;

typedef struct {
    char *id;           // (owned)
    gint64 when_ms;     // UTC milliseconds
    char *account_id;   // (owned) (nullable)
    char *account_name; // (owned) (nullable)
    char *action;       // (owned): "lesson.update", "account.create", …
    char *subject;      // (owned): id of what was changed
    char *detail;       // (owned): JSON object
} CatalogAuditEntry;

/**
 * catalog_audit_append:
 * @action: short text, "noun.verb"
 * @subject: id of the record
 * @detail: (nullable): JSON object; never a secret
 *
 * Called inside the writing transaction.
 */
gboolean catalog_audit_append(CatalogDatabase *database, const CatalogAuditStamp *by,
                              const char *action, const char *subject, const char *detail,
                              GError **error);

/**
 * catalog_audit_list:
 * @subject: (nullable): only rows about this record
 * @cursor: (nullable): of the page before
 * @limit: see catalog_page_clamp_limit()
 *
 * Returns: (transfer full) (element-type CatalogAuditEntry): newest first.
 */
CatalogPage *catalog_audit_list(CatalogDatabase *database, const char *subject, const char *cursor,
                                guint limit, GError **error);

CatalogAuditEntry *catalog_audit_copy_entry(const CatalogAuditEntry *entry);
void catalog_audit_free_entry(CatalogAuditEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogAuditEntry, catalog_audit_free_entry)
