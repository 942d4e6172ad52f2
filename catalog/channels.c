// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of channels. What a person may write is checked here once, for every caller.
#include "catalog/channels.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/services.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char *const ladder[] = {"voice", "small", "medium", "large", NULL};

void
catalog_channels_free(CatalogChannels *channel)
{
    if (channel == NULL)
        return;
    g_free(channel->id);
    g_free(channel->slug);
    g_free(channel->name);
    g_free(channel->service);
    g_strfreev(channel->rungs);
    g_free(channel->burn_subtitles);
    g_free(channel->burn_rung);
    g_free(channel);
}

CatalogChannels *
catalog_channels_copy(const CatalogChannels *channel)
{
    CatalogChannels *copy = g_memdup2(channel, sizeof *channel);
    copy->id = g_strdup(channel->id);
    copy->slug = g_strdup(channel->slug);
    copy->name = g_strdup(channel->name);
    copy->service = g_strdup(channel->service);
    copy->rungs = g_strdupv(channel->rungs);
    copy->burn_subtitles = g_strdup(channel->burn_subtitles);
    copy->burn_rung = g_strdup(channel->burn_rung);
    return copy;
}

gboolean
catalog_channels_is_slug(const char *text)
{
    gsize length = text != NULL ? strlen(text) : 0;
    if (length == 0 || length > CATALOG_CHANNELS_SLUG_MAX || text[0] == '-' ||
        text[length - 1] == '-')
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_islower(text[i]) && !g_ascii_isdigit(text[i]) && text[i] != '-')
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_channels_is_ladder(char **rungs)
{
    int before = -1;
    for (guint i = 0; rungs != NULL && rungs[i] != NULL; i++) {
        int place = catalog_texts_find(ladder, rungs[i]);
        if (place <= before)
            return FALSE;
        before = place;
    }
    return before >= 0;
}

static gboolean
is_empty(const char *text)
{
    return text == NULL || *text == '\0';
}

/* ISO 639-2, in small letters, or none. */
static gboolean
is_language(const char *text)
{
    if (is_empty(text))
        return TRUE;
    for (guint i = 0; i < 3; i++)
        if (!g_ascii_islower(text[i]))
            return FALSE;
    return text[3] == '\0';
}

/* The first one of the ladder is sound alone. */
static gboolean
is_burn_rung(const CatalogChannels *channel)
{
    return is_empty(channel->burn_rung) ||
           (strcmp(channel->burn_rung, ladder[0]) != 0 &&
            g_strv_contains((const char *const *)channel->rungs, channel->burn_rung));
}

const char *
catalog_channels_get_burn_rung(const CatalogChannels *channel)
{
    if (is_empty(channel->burn_subtitles))
        return NULL;
    if (!is_empty(channel->burn_rung))
        return channel->burn_rung;
    gboolean heard = strcmp(channel->rungs[0], ladder[0]) == 0;
    return channel->rungs[heard ? 1 : 0];
}

static gboolean
check(const CatalogChannels *channel, GError **error)
{
    const char *wrong = NULL;
    if (!catalog_channels_is_slug(channel->slug))
        wrong = "slug: letters a to z, digits, and dashes between them";
    else if (channel->name == NULL || *channel->name == '\0')
        wrong = "name is empty";
    else if (!catalog_channels_is_ladder(channel->rungs))
        wrong = "rungs: some of voice, small, medium and large, lowest first";
    else if (channel->window_hours < 1 || channel->window_hours > CATALOG_CHANNELS_HOURS_MAX)
        wrong = "window_hours: from 1 to 168";
    else if (channel->window_bytes < CATALOG_CHANNELS_BYTES_LEAST)
        wrong = "window_bytes: one mebibyte at least";
    else if (channel->rest_minutes < 0 || channel->rest_minutes > CATALOG_CHANNELS_REST_MAX)
        wrong = "rest_minutes: from 0 (never) to 240";
    else if (!is_language(channel->burn_subtitles))
        wrong = "burn_subtitles: three small letters, like tha";
    else if (!is_burn_rung(channel))
        wrong = "burn_rung: one of rungs, with pictures";
    if (wrong != NULL)
        g_set_error_literal(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, wrong);
    return wrong == NULL;
}

static gboolean
check_service(CatalogDatabase *database, const char *id, GError **error)
{
    if (id == NULL)
        return TRUE;
    g_autoptr(CatalogServices) service = catalog_services_get(database, id, error);
    return service != NULL;
}

static void
bind(CatalogStatement *statement, const CatalogChannels *channel)
{
    g_autofree char *rungs = catalog_texts_write_list(channel->rungs);
    catalog_statement_bind_text(statement, ":slug", channel->slug);
    catalog_statement_bind_text(statement, ":name", channel->name);
    catalog_statement_bind_text(statement, ":service", channel->service);
    catalog_statement_bind_int(statement, ":enabled", channel->enabled != FALSE);
    catalog_statement_bind_text(statement, ":rungs", rungs);
    catalog_statement_bind_int(statement, ":window_hours", channel->window_hours);
    catalog_statement_bind_int(statement, ":window_bytes", channel->window_bytes);
    catalog_statement_bind_int(statement, ":rest_minutes", channel->rest_minutes);
    catalog_statement_bind_text(statement, ":burn_subtitles",
                                is_empty(channel->burn_subtitles) ? "" : channel->burn_subtitles);
    catalog_statement_bind_text(statement, ":burn_rung",
                                is_empty(channel->burn_rung) ? "" : channel->burn_rung);
}

static gboolean
audit(CatalogDatabase *database, const CatalogChannels *channel, const char *id, const char *action,
      const CatalogAuditStamp *by, GError **error)
{
    g_autofree char *rungs = g_strjoinv(" ", channel->rungs);
    g_autofree char *hours = g_strdup_printf("%" G_GINT64_FORMAT, channel->window_hours);
    g_autofree char *bytes = g_strdup_printf("%" G_GINT64_FORMAT, channel->window_bytes);
    g_autofree char *rest = g_strdup_printf("%" G_GINT64_FORMAT, channel->rest_minutes);
    g_autofree char *detail = catalog_texts_write_object(
        "slug", channel->slug, "name", channel->name, "service", channel->service, "enabled",
        channel->enabled ? "1" : "0", "rungs", rungs, "window_hours", hours, "window_bytes", bytes,
        "burn_subtitles", channel->burn_subtitles, "burn_rung", channel->burn_rung, "rest_minutes",
        rest, NULL);
    return catalog_audit_append(database, by, action, id, detail, error);
}

static const char COUNT_SQL[] = "SELECT count(*) AS count FROM channels";

static gboolean
has_room(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    gboolean room = catalog_statement_next(statement) &&
                    catalog_statement_get_int(statement, "count") < CATALOG_CHANNELS_MAX;
    if (!catalog_statement_finish(statement, error))
        return FALSE;
    if (!room)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "there are %d channels already",
                    CATALOG_CHANNELS_MAX);
    return room;
}

static const char ADD_SQL[] =
    "INSERT INTO channels (id, slug, name, service, enabled, rungs, window_hours, window_bytes,"
    " burn_subtitles, burn_rung, rest_minutes, created_ms, updated_ms) VALUES (:id, :slug, :name,"
    " :service, :enabled, :rungs, :window_hours, :window_bytes, :burn_subtitles, :burn_rung,"
    " :rest_minutes, :now_ms, :now_ms)";

char *
catalog_channels_add(CatalogDatabase *database, const CatalogChannels *added,
                     const CatalogAuditStamp *by, GError **error)
{
    if (!check(added, error) || !check_service(database, added->service, error) ||
        !has_room(database, error))
        return NULL;
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ADD_SQL);
    bind(statement, added);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    if (!catalog_statement_run(statement, error) ||
        !audit(database, added, id, "channel.add", by, error))
        return NULL;
    return g_steal_pointer(&id);
}

static const char EDIT_SQL[] =
    "UPDATE channels SET slug = :slug, name = :name, service = :service, enabled = :enabled,"
    " rungs = :rungs, window_hours = :window_hours, window_bytes = :window_bytes,"
    " burn_subtitles = :burn_subtitles, burn_rung = :burn_rung,"
    " rest_minutes = :rest_minutes, revision = revision + 1, updated_ms = :now_ms WHERE id = :id "
    "AND revision = :revision";

gboolean
catalog_channels_edit(CatalogDatabase *database, const CatalogChannels *edited,
                      const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogChannels) before = catalog_channels_get(database, edited->id, error);
    if (before == NULL || !check(edited, error) || !check_service(database, edited->service, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EDIT_SQL);
    bind(statement, edited);
    catalog_statement_bind_text(statement, ":id", edited->id);
    catalog_statement_bind_int(statement, ":revision", edited->revision);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the channel was changed in between", error) &&
           audit(database, edited, edited->id, "channel.edit", by, error);
}

static const char DELETE_SQL[] =
    "DELETE FROM channels WHERE id = :id AND (revision = :revision OR :revision < 0)";

gboolean
catalog_channels_delete(CatalogDatabase *database, const char *id, gint64 revision,
                        const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogChannels) before = catalog_channels_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DELETE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":revision", revision);
    return catalog_statement_run_guarded(statement, "the channel was changed in between", error) &&
           audit(database, before, id, "channel.delete", by, error);
}

#define CHANNELS_COLUMNS                                                                           \
    "SELECT id, slug, name, service, enabled, rungs, window_hours, window_bytes, burn_subtitles,"  \
    " burn_rung, rest_minutes, revision, created_ms, updated_ms FROM channels"

static CatalogChannels *
read_channel(CatalogStatement *statement)
{
    CatalogChannels *channel = g_new0(CatalogChannels, 1);
    channel->id = catalog_statement_dup_text(statement, "id");
    channel->slug = catalog_statement_dup_text(statement, "slug");
    channel->name = catalog_statement_dup_text(statement, "name");
    channel->service = catalog_statement_dup_text(statement, "service");
    channel->enabled = catalog_statement_get_int(statement, "enabled") != 0;
    channel->rungs = catalog_texts_parse_list(catalog_statement_get_text(statement, "rungs"));
    channel->window_hours = catalog_statement_get_int(statement, "window_hours");
    channel->window_bytes = catalog_statement_get_int(statement, "window_bytes");
    channel->burn_subtitles = catalog_statement_dup_text(statement, "burn_subtitles");
    channel->burn_rung = catalog_statement_dup_text(statement, "burn_rung");
    channel->rest_minutes = catalog_statement_get_int(statement, "rest_minutes");
    channel->revision = catalog_statement_get_int(statement, "revision");
    channel->created_ms = catalog_statement_get_int(statement, "created_ms");
    channel->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return channel;
}

static const char GET_SQL[] = CHANNELS_COLUMNS " WHERE id = :id";

CatalogChannels *
catalog_channels_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_channel(statement);
    catalog_statement_finish_missing(statement, "channel", error);
    return NULL;
}

static const char LIST_SQL[] = CHANNELS_COLUMNS " ORDER BY name, id";

GPtrArray *
catalog_channels_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_channels_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_channel(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}
