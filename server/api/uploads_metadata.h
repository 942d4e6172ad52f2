// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The Upload-Metadata header of tus 1.0.0 (Creation extension): pairs of a key and a base64 value,
// parted by commas. Called by the tus handlers; pure, and every byte of it comes from outside.
#pragma once

#include "server/flows/receive_metadata.h"

#define API_UPLOADS_METADATA_PAIRS 64

/**
 * api_uploads_metadata_parse:
 * @header: (nullable): the header's value; NULL or empty means that nothing was typed
 * @verdict: (out): FINE, or why it is refused
 *
 * Takes `filename` (or Uppy's `name`), `title`, `description` and `language`, in any letter case as
 * sent by the clients seen, ignores other keys, refuses a key given twice, more than
 * API_UPLOADS_METADATA_PAIRS pairs, wrong base64, NUL bytes and what is not UTF-8. Any thread.
 *
 * Returns: (transfer full) (nullable): checked metadata, NULL unless @verdict is FINE.
 */
FlowsReceiveMetadata *api_uploads_metadata_parse(const char *header,
                                                 FlowsReceiveMetadataVerdict *verdict);
