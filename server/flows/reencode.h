// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Making everything of a lesson anew, beside what is shown, at low priority: the order for it. Used
// by the API and by the verb `re-encode`. On the catalogue's writer thread, inside its transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/lesson.h"

/**
 * flows_reencode_order:
 * @lesson: as read in this transaction
 * @afresh: a re-encode that waits or runs already is of old wishes: it ends, and a new one begins
 *
 * Returns: (transfer full): the id of the job; NULL with CONFLICT when the original is not (or no
 * longer) there.
 */
char *flows_reencode_order(CatalogDatabase *database, const CatalogLesson *lesson, gboolean afresh,
                           const CatalogAuditStamp *by, GError **error);

/**
 * flows_reencode_mark_interpreter:
 * @area: (nullable): NULL: there is none
 * @revision: (If-Match) −1: whatever it is
 *
 * Saves where the interpreter of sign language is and orders what follows from it: nothing when it
 * was known, or when the first encoding has not begun. As flows_reencode_order() otherwise.
 */
gboolean flows_reencode_mark_interpreter(CatalogDatabase *database, const CatalogLesson *lesson,
                                         const CatalogArea *area, gint64 revision,
                                         const CatalogAuditStamp *by, GError **error);
