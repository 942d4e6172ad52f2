// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Captions as JSON of the API, and what is wrong with a caption file. Pure.
#pragma once

#include <json-glib/json-glib.h>

#include "catalog/captions.h"
#include "pipelines/captions/faults.h"
#include "server/sentences.h"

/** Returns: (transfer full): `{language,state,source,url,bytes,etag}`. */
JsonObject *api_captionviews_render(const CatalogCaptions *captions);

/** Returns: (transfer full): the strong, quoted entity tag: its revision, then a hash of the text;
 * api_revision_parse_etag() reads it. */
char *api_captionviews_make_etag(const CatalogCaptions *captions);

/** Returns: (transfer full): `[{line,code,message}]` of @list (element-type CaptionsFaultsOne). */
JsonArray *api_captionviews_render_faults(GArray *list, ServerSentencesLanguage language);
