// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Small grammars, no allocation before the text is known to be bounded.
#include "server/api/uploads_headers.h"

#include "catalog/ids.h"

#include <string.h>

gboolean
api_uploads_headers_parse_size(const char *text, gint64 *bytes)
{
    gsize length = strlen(text);
    if (length == 0 || length > 19)
        return FALSE;
    guint64 value = 0;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
        value = value * 10 + (guint64)(text[i] - '0');
    }
    if (value > G_MAXINT64)
        return FALSE;
    *bytes = (gint64)value;
    return TRUE;
}

/* A sum of @bytes in base64 has one length only; checked before it is decoded. */
static gboolean
decode_sum(const char *text, gsize bytes, guint8 *sum)
{
    gsize length = strlen(text);
    if (length != (bytes + 2) / 3 * 4)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        gboolean padding = text[i] == '=' && i >= length - 2;
        if (!padding && !g_ascii_isalnum(text[i]) && text[i] != '+' && text[i] != '/')
            return FALSE;
    }
    gsize decoded = 0;
    g_autofree guchar *data = g_base64_decode(text, &decoded);
    if (decoded != bytes)
        return FALSE;
    memcpy(sum, data, bytes);
    return TRUE;
}

gboolean
api_uploads_headers_parse_checksum(const char *text, ApiUploadsChecksum *checksum)
{
    const char *space = strchr(text, ' ');
    if (space == NULL || space - text > 16)
        return FALSE;
    ApiUploadsChecksum parsed = {0};
    g_autofree char *name = g_strndup(text, (gsize)(space - text));
    if (!flows_receive_digest_algorithm_from_text(name, &parsed.algorithm) ||
        !decode_sum(space + 1, flows_receive_digest_measure(parsed.algorithm), parsed.sum))
        return FALSE;
    *checksum = parsed;
    return TRUE;
}

/* Returns: (transfer full) (nullable): the id at the end of a URL. */
static char *
parse_url(const char *url)
{
    gsize length = strcspn(url, "?#");
    while (length > 0 && url[length - 1] == '/')
        length--;
    if (length < CATALOG_IDS_LENGTH)
        return NULL;
    gsize start = length - CATALOG_IDS_LENGTH;
    g_autofree char *id = g_strndup(url + start, CATALOG_IDS_LENGTH);
    gboolean bounded = start == 0 || url[start - 1] == '/';
    return bounded && catalog_ids_is_valid(id) ? g_steal_pointer(&id) : NULL;
}

static char **
parse_urls(const char *text)
{
    g_auto(GStrv) urls = g_strsplit(text, " ", API_UPLOADS_HEADERS_PARTS + 1);
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; urls[i] != NULL; i++) {
        if (*urls[i] == '\0')
            continue;
        g_autofree char *id = parse_url(urls[i]);
        if (id == NULL || i >= API_UPLOADS_HEADERS_PARTS)
            return NULL;
        g_strv_builder_add(ids, id);
        if (!g_hash_table_add(seen, g_steal_pointer(&id)))
            return NULL;
    }
    return g_hash_table_size(seen) > 0 ? g_strv_builder_end(ids) : NULL;
}

gboolean
api_uploads_headers_parse_concat(const char *text, CatalogUploadKind *kind, char ***parts)
{
    if (text == NULL || g_str_equal(text, "partial")) {
        *kind = text == NULL ? CATALOG_UPLOAD_KIND_WHOLE : CATALOG_UPLOAD_KIND_PARTIAL;
        *parts = NULL;
        return TRUE;
    }
    if (!g_str_has_prefix(text, "final;"))
        return FALSE;
    char **ids = parse_urls(text + strlen("final;"));
    if (ids == NULL)
        return FALSE;
    *kind = CATALOG_UPLOAD_KIND_FINAL;
    *parts = ids;
    return TRUE;
}

char *
api_uploads_headers_format_concat(const CatalogUpload *upload)
{
    switch (upload->kind) {
    case CATALOG_UPLOAD_KIND_WHOLE:
        return NULL;
    case CATALOG_UPLOAD_KIND_PARTIAL:
        return g_strdup("partial");
    case CATALOG_UPLOAD_KIND_FINAL:
        break;
    }
    GString *text = g_string_new("final;");
    for (gsize i = 0; upload->parts[i] != NULL; i++)
        g_string_append_printf(text, "%s/api/v1/uploads/%s", i > 0 ? " " : "", upload->parts[i]);
    return g_string_free(text, FALSE);
}

char *
api_uploads_headers_format_date(gint64 time_ms)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time_ms / 1000);
    return g_strdup_printf(
        "%s, %02d %s %04d %02d:%02d:%02d GMT", days[g_date_time_get_day_of_week(date) - 1],
        g_date_time_get_day_of_month(date), months[g_date_time_get_month(date) - 1],
        g_date_time_get_year(date), g_date_time_get_hour(date), g_date_time_get_minute(date),
        g_date_time_get_second(date));
}
