// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of classes. Channel and booking are ordinary ones: whoever reads those needs to know nothing
// of classes.
#include "catalog/classes.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/secrets.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define KEY_PREFIX "live_"
#define SLUG_DIGITS 12 // the random end of the id
#define WINDOW_HOURS 12
#define WINDOW_BYTES (G_GINT64_CONSTANT(20) * 1000 * 1000 * 1000)
#define LONGEST_MS (G_GINT64_CONSTANT(12) * 3600 * 1000) // of a class

void
catalog_classes_free(CatalogClasses *row)
{
    if (row == NULL)
        return;
    g_free(row->id);
    g_free(row->account_id);
    g_free(row->title);
    g_free(row->key_hash);
    g_free(row->channel);
    g_free(row->booking);
    g_free(row);
}

#define CLASSES_COLUMNS                                                                            \
    "SELECT id, account_id, title, key_hash, key_made_ms, channel, booking, on_air_ms, left_ms"    \
    " FROM classes"

static CatalogClasses *
read_row(CatalogStatement *statement)
{
    CatalogClasses *row = g_new0(CatalogClasses, 1);
    row->id = catalog_statement_dup_text(statement, "id");
    row->account_id = catalog_statement_dup_text(statement, "account_id");
    row->title = catalog_statement_dup_text(statement, "title");
    row->key_hash = catalog_statement_dup_text(statement, "key_hash");
    row->key_made_ms = catalog_statement_get_int(statement, "key_made_ms");
    row->channel = catalog_statement_dup_text(statement, "channel");
    row->booking = catalog_statement_dup_text(statement, "booking");
    row->on_air_ms = catalog_statement_get_int(statement, "on_air_ms");
    row->left_ms = catalog_statement_get_int(statement, "left_ms");
    return row;
}

/* Takes @statement, whose one parameter is :id. */
static CatalogClasses *
get(CatalogStatement *taken, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = taken;
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_row(statement);
    catalog_statement_finish_missing(statement, "class", error);
    return NULL;
}

static const char GET_SQL[] = CLASSES_COLUMNS " WHERE id = :id";

CatalogClasses *
catalog_classes_get(CatalogDatabase *database, const char *id, GError **error)
{
    return get(catalog_statement_new(database, GET_SQL), id, error);
}

static const char GET_OWN_SQL[] = CLASSES_COLUMNS " WHERE account_id = :id";

CatalogClasses *
catalog_classes_get_own(CatalogDatabase *database, const char *account_id, GError **error)
{
    return get(catalog_statement_new(database, GET_OWN_SQL), account_id, error);
}

static const char GET_BY_CHANNEL_SQL[] = CLASSES_COLUMNS " WHERE channel = :id";

CatalogClasses *
catalog_classes_get_by_channel(CatalogDatabase *database, const char *channel, GError **error)
{
    return get(catalog_statement_new(database, GET_BY_CHANNEL_SQL), channel, error);
}

static GPtrArray *
read_rows(CatalogStatement *statement, GError **error)
{
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_classes_free);
    while (catalog_statement_next(statement))
        g_ptr_array_add(rows, read_row(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&rows) : NULL;
}

static const char LIST_SQL[] =
    "SELECT classes.id AS id, account_id, title, CASE WHEN accounts.disabled = 0 AND"
    "  accounts.role IN ('administrator','teacher','staff') THEN key_hash END AS key_hash,"
    " key_made_ms, channel, booking, on_air_ms, left_ms"
    " FROM classes JOIN accounts ON accounts.id = account_id ORDER BY classes.id";

GPtrArray *
catalog_classes_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    return read_rows(statement, error);
}

static gboolean
check_title(const char *title, GError **error)
{
    if (title != NULL && *title != '\0' && g_utf8_validate(title, -1, NULL) &&
        g_utf8_strlen(title, -1) <= CATALOG_CLASSES_TITLE_CHARACTERS_MAX)
        return TRUE;
    g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "a title has 1 to %d characters",
                CATALOG_CLASSES_TITLE_CHARACTERS_MAX);
    return FALSE;
}

static const char ADD_SQL[] = "INSERT INTO classes (id, account_id, title, created_ms, updated_ms)"
                              " VALUES (:id, :account_id, :title, :now_ms, :now_ms)";

/* Returns: (transfer full): @by's class, made with @title when there was none. */
static CatalogClasses *
get_or_add(CatalogDatabase *database, const char *title, const CatalogAuditStamp *by,
           GError **error)
{
    g_autoptr(GError) missing = NULL;
    CatalogClasses *row = catalog_classes_get_own(database, by->account_id, &missing);
    if (row != NULL)
        return row;
    if (!g_error_matches(missing, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return NULL;
    }
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ADD_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":account_id", by->account_id);
    catalog_statement_bind_text(statement, ":title", title);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    if (!check_title(title, error) || !catalog_statement_run(statement, error))
        return NULL;
    return catalog_classes_get(database, id, error);
}

static gboolean
name_channel(CatalogDatabase *database, const CatalogClasses *row, const char *title,
             const CatalogAuditStamp *by, GError **error)
{
    if (row->on_air_ms == 0 || row->channel == NULL)
        return TRUE;
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, row->channel, error);
    if (channel == NULL)
        return FALSE;
    g_free(channel->name);
    channel->name = g_strdup(title);
    return catalog_channels_edit(database, channel, by, error);
}

static const char TITLE_SQL[] =
    "UPDATE classes SET title = :title, updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_classes_set_title(CatalogDatabase *database, const char *title, const CatalogAuditStamp *by,
                          GError **error)
{
    if (!check_title(title, error))
        return FALSE;
    g_autoptr(CatalogClasses) row = get_or_add(database, title, by, error);
    if (row == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, TITLE_SQL);
    catalog_statement_bind_text(statement, ":id", row->id);
    catalog_statement_bind_text(statement, ":title", title);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("title", title, NULL);
    return catalog_statement_run(statement, error) &&
           name_channel(database, row, title, by, error) &&
           catalog_audit_append(database, by, "class.title", row->id, detail, error);
}

static const char KEY_SQL[] = "UPDATE classes SET key_hash = :key_hash, key_made_ms = :made_ms,"
                              " updated_ms = :now_ms WHERE id = :id";

/* @hash: (nullable). */
static gboolean
write_key(CatalogDatabase *database, const char *id, const char *hash, const CatalogAuditStamp *by,
          GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, KEY_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":key_hash", hash);
    catalog_statement_bind_int(statement, ":made_ms", hash != NULL ? by->now_ms : 0);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, by, hash != NULL ? "class.key" : "class.key-withdrawn",
                                id, "{}", error);
}

char *
catalog_classes_renew_key(CatalogDatabase *database, const char *title, const CatalogAuditStamp *by,
                          GError **error)
{
    g_autoptr(CatalogClasses) row = get_or_add(database, title, by, error);
    g_autofree char *key = catalog_secrets_new(KEY_PREFIX);
    g_autofree char *hash = catalog_secrets_hash(key);
    if (row == NULL || !write_key(database, row->id, hash, by, error))
        return NULL;
    return g_steal_pointer(&key);
}

gboolean
catalog_classes_withdraw_key(CatalogDatabase *database, const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogClasses) row = catalog_classes_get_own(database, by->account_id, error);
    if (row == NULL)
        return FALSE;
    if (row->key_hash == NULL) {
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "there is no key");
        return FALSE;
    }
    return write_key(database, row->id, NULL, by, error);
}

/* Returns: (transfer full): the id of an enabled channel with the class's title. */
static char *
open_channel(CatalogDatabase *database, const CatalogClasses *row, const CatalogAuditStamp *by,
             GError **error)
{
    static const char *const ladder[] = {"voice", "small", "medium", NULL};
    g_autoptr(CatalogChannels) channel = NULL;
    if (row->channel != NULL) {
        channel = catalog_channels_get(database, row->channel, error);
        if (channel == NULL)
            return NULL;
        g_free(channel->name);
        channel->name = g_strdup(row->title);
        channel->enabled = TRUE;
        return catalog_channels_edit(database, channel, by, error) ? g_strdup(row->channel) : NULL;
    }
    channel = g_new0(CatalogChannels, 1);
    channel->slug = g_strconcat("class-", row->id + strlen(row->id) - SLUG_DIGITS, NULL);
    channel->name = g_strdup(row->title);
    channel->enabled = TRUE;
    channel->rungs = g_strdupv((char **)ladder);
    channel->window_hours = WINDOW_HOURS;
    channel->window_bytes = WINDOW_BYTES;
    return catalog_channels_add(database, channel, by, error);
}

static char *
book(CatalogDatabase *database, const CatalogClasses *row, const char *channel,
     const CatalogAuditStamp *by, GError **error)
{
    const CatalogBooking booking = {
        .owner_id = row->account_id,
        .channel = (char *)channel,
        .channel_name = row->title,
        .event_id = CATALOG_BOOKING_NO_EVENT,
        .start_ms = by->now_ms,
        .end_ms = by->now_ms + LONGEST_MS,
        .title = row->title,
        .description = (char *)"",
        .language = (char *)"th",
        .rights_holder = (char *)"",
        .licence = (char *)"",
        .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC,
    };
    return catalog_bookings_add(database, &booking, by, error);
}

static const char BEGIN_SQL[] = "UPDATE classes SET channel = :channel, booking = :booking,"
                                " on_air_ms = :now_ms, updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_classes_begin(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogClasses) row = catalog_classes_get(database, id, error);
    if (row == NULL)
        return FALSE;
    if (row->on_air_ms > 0)
        return TRUE;
    const CatalogAuditStamp by = {row->account_id, now_ms};
    g_autofree char *channel = open_channel(database, row, &by, error);
    g_autofree char *booking = channel != NULL ? book(database, row, channel, &by, error) : NULL;
    if (booking == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, BEGIN_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":channel", channel);
    catalog_statement_bind_text(statement, ":booking", booking);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, &by, "class.begin", id, "{}", error);
}

/* One that never began to run keeps nothing. */
static gboolean
close_booking(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
              GError **error)
{
    g_autoptr(CatalogBooking) booking = catalog_bookings_get(database, id, error);
    if (booking == NULL)
        return FALSE;
    if (booking->state == CATALOG_BOOKING_STATE_RUNNING)
        return catalog_bookings_stop(database, id, by, error);
    if (booking->state == CATALOG_BOOKING_STATE_WAITING)
        return catalog_bookings_set_state(database, id, CATALOG_BOOKING_STATE_CANCELLED, NULL, by,
                                          error);
    return TRUE;
}

static gboolean
close_channel(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
              GError **error)
{
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, id, error);
    if (channel == NULL)
        return FALSE;
    channel->enabled = FALSE;
    return catalog_channels_edit(database, channel, by, error);
}

static const char END_SQL[] = "UPDATE classes SET on_air_ms = 0, left_ms = :now_ms,"
                              " updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_classes_end(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogClasses) row = catalog_classes_get(database, id, error);
    if (row == NULL)
        return FALSE;
    if (row->on_air_ms == 0)
        return TRUE;
    const CatalogAuditStamp by = {row->account_id, now_ms};
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, END_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error) &&
           (row->booking == NULL || close_booking(database, row->booking, &by, error)) &&
           (row->channel == NULL || close_channel(database, row->channel, &by, error)) &&
           catalog_audit_append(database, &by, "class.end", id, "{}", error);
}

static const char OLD_SQL[] = CLASSES_COLUMNS
    " WHERE on_air_ms = 0 AND channel IS NOT NULL AND left_ms < :before_ms AND NOT EXISTS"
    "  (SELECT 1 FROM bookings WHERE bookings.channel = classes.channel"
    "   AND bookings.state IN ('waiting','running','finishing'))";

gboolean
catalog_classes_drop_channels(CatalogDatabase *database, gint64 before_ms, gint64 now_ms,
                              guint *count, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, OLD_SQL);
    catalog_statement_bind_int(statement, ":before_ms", before_ms);
    g_autoptr(GPtrArray) rows = read_rows(statement, error);
    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        const CatalogClasses *row = rows->pdata[i];
        const CatalogAuditStamp by = {NULL, now_ms};
        if (!catalog_channels_delete(database, row->channel, -1, &by, error))
            return FALSE;
    }
    *count = rows->len;
    return TRUE;
}
