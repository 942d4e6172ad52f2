// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two people who edit the same thing: entity tags that name a row's revision, and the If-Match of a
// change (RFC 9110, section 13.1.1). The catalogue refuses a revision that is no longer the last.
#pragma once

#include "server/api/call.h"

/** @hash (nullable): at least 12 characters of what else the answer depends on. Returns: (transfer
 * full): a strong, quoted tag. */
char *api_revision_make_etag(gint64 revision, const char *hash);

/** @revision (out): what the tag of an If-Match names, API_CALL_ANY_REVISION for `*`; FALSE when it
 * is none of ours. */
gboolean api_revision_parse_etag(const char *if_match, gint64 *revision);

/**
 * Sets the call's revision to what If-Match names. Without the header require answers 428, and read
 * leaves it alone; a tag that is none of ours is answered 412. FALSE when the exchange is answered.
 */
gboolean api_revision_require_match(ApiCall *call);
gboolean api_revision_read_match(ApiCall *call);

/** Whether a row of @revision, which the caller @may_edit or not, may be changed by @call; else
 * @error says FORBIDDEN or PRECONDITION. */
gboolean api_revision_check(const ApiCall *call, gboolean may_edit, gint64 revision,
                            GError **error);

/**
 * What the catalogue refuses, in a handler's words: a lost race is a failed precondition; what is
 * not there is a wrong value if @missing (nullable) says what. Returns: FALSE.
 */
gboolean api_revision_translate(const GError *cause, const char *missing, GError **error);

/** Answers with @object (taken) under its `etag`. The tag is for edits; states change without it,
 * so browsers keep nothing that it names. Delivery thread. */
void api_revision_reply(ApiCall *call, guint status, JsonObject *object);
