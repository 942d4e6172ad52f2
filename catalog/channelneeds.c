// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One row, by the index of bookings by channel.
#include "catalog/channelneeds.h"

#include "catalog/statement.h"

static const char READ_SQL[] =
    "SELECT count(*) FILTER (WHERE state = 'running') AS running,"
    " coalesce(min(start_ms - padding_before_s * 1000) FILTER (WHERE state = 'waiting'"
    "  AND coalesce(error_code, '') <> 'tuners'), 9223372036854775807) AS first_ms"
    " FROM bookings WHERE channel = :channel AND state IN ('waiting', 'running')";

gboolean
catalog_channelneeds_read(CatalogDatabase *database, const char *channel,
                          CatalogChannelneeds *needs, GError **error)
{
    CatalogChannelneeds found = {FALSE, G_MAXINT64};
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, READ_SQL);
    catalog_statement_bind_text(statement, ":channel", channel);
    if (catalog_statement_next(statement)) {
        found.running = catalog_statement_get_int(statement, "running") > 0;
        found.first_ms = catalog_statement_get_int(statement, "first_ms");
    }
    if (!catalog_statement_finish(statement, error))
        return FALSE;
    *needs = found;
    return TRUE;
}
