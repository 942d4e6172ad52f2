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
