// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A tag is the revision in decimal, then perhaps a hyphen and a hash, in quotes.
#include "server/api/revision.h"

#include <string.h>

#include "catalog/error.h"
#include "server/api/problem.h"
#include "server/api/views.h"

#define HASH_LENGTH 12

char *
api_revision_make_etag(gint64 revision, const char *hash)
{
    if (hash == NULL)
        return g_strdup_printf("\"%" G_GINT64_FORMAT "\"", revision);
    return g_strdup_printf("\"%" G_GINT64_FORMAT "-%.*s\"", revision, HASH_LENGTH, hash);
}

gboolean
api_revision_parse_etag(const char *if_match, gint64 *revision)
{
    if (strcmp(if_match, "*") == 0) {
        *revision = API_CALL_ANY_REVISION;
        return TRUE;
    }
    gsize length = strlen(if_match);
    if (length < 3 || if_match[0] != '"' || if_match[length - 1] != '"')
        return FALSE;
    g_autofree char *digits = g_strndup(if_match + 1, length - 2);
    char *dash = strchr(digits, '-');
    if (dash != NULL && strlen(dash) != HASH_LENGTH + 1)
        return FALSE;
    if (dash != NULL)
        *dash = '\0';
    return g_ascii_string_to_signed(digits, 10, 0, G_MAXINT64, revision, NULL);
}

gboolean
api_revision_read_match(ApiCall *call)
{
    const char *if_match = http_exchange_get_header(call->exchange, "If-Match");
    if (if_match == NULL || api_revision_parse_etag(if_match, &call->revision))
        return TRUE;
    api_problem_reply(call->exchange, 412, "precondition-failed", NULL);
    return FALSE;
}

gboolean
api_revision_require_match(ApiCall *call)
{
    if (http_exchange_get_header(call->exchange, "If-Match") != NULL)
        return api_revision_read_match(call);
    api_problem_reply(call->exchange, 428, "precondition-required", NULL);
    return FALSE;
}

gboolean
api_revision_check(const ApiCall *call, gboolean may_edit, gint64 revision, GError **error)
{
    if (!may_edit)
        return api_problem_refuse(error, API_PROBLEM_ERROR_FORBIDDEN, "another person's");
    if (call->revision != API_CALL_ANY_REVISION && call->revision != revision)
        return api_problem_refuse(error, API_PROBLEM_ERROR_PRECONDITION, "changed meanwhile");
    return TRUE;
}

gboolean
api_revision_translate(const GError *cause, const char *missing, GError **error)
{
    if (g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        return api_problem_refuse(error, API_PROBLEM_ERROR_PRECONDITION, "changed meanwhile");
    if (missing != NULL && g_error_matches(cause, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return api_problem_refuse(error, API_PROBLEM_ERROR_INVALID, missing);
    g_propagate_error(error, g_error_copy(cause));
    return FALSE;
}

void
api_revision_reply(ApiCall *call, guint status, JsonObject *object)
{
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_set_header(call->exchange, "ETag", json_object_get_string_member(object, "etag"));
    http_exchange_reply_json(call->exchange, status, api_views_wrap(object));
}
