// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Values of the catalogue as JSON of the API. Pure; used by the handlers and the event stream, on
// whatever thread renders.
#pragma once

#include <json-glib/json-glib.h>

#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/job.h"
#include "catalog/lesson.h"
#include "catalog/page.h"
#include "catalog/tokens.h"
#include "catalog/upload.h"
#include "server/access.h"
#include "server/sentences.h"

/** For whom something is rendered. */
typedef struct {
    const ServerAccessAccount *account; // (unowned) (nullable)
    ServerSentencesLanguage language;   // of sentences
} ApiViewsReader;

typedef JsonObject *(*ApiViewsRender)(gconstpointer item, const ApiViewsReader *reader);

/** Each returns: (transfer full): the object. */
JsonObject *api_views_render_job(gconstpointer job, const ApiViewsReader *reader);
JsonObject *api_views_render_account(gconstpointer account, const ApiViewsReader *reader);
JsonObject *api_views_render_token(gconstpointer entry, const ApiViewsReader *reader);
JsonObject *api_views_render_upload(gconstpointer upload, const ApiViewsReader *reader);
JsonObject *api_views_render_audit(gconstpointer entry, const ApiViewsReader *reader);

/** Returns: (transfer full): `{"items":[…],"next_cursor":…}`. @next_cursor (nullable). */
JsonNode *api_views_render_list(GPtrArray *items, const char *next_cursor, ApiViewsRender render,
                                const ApiViewsReader *reader);

/** Returns: (transfer full): a node that holds @object (taken). */
JsonNode *api_views_wrap(JsonObject *object);

/** Returns: (transfer full): the strong, quoted entity tag of a lesson's JSON: its revision, then a
 * hash. */
char *api_views_make_etag(const CatalogLesson *lesson, JsonObject *rendered);
